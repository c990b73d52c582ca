import { describeFaults } from '../support/faults/describe-faults.js';
import { SHORT_FAULTS } from '../support/faults/fault.js';

describeFaults(SHORT_FAULTS);
