import { describeFaults } from '../support/faults/describe-faults.js';
import { LONG_FAULTS } from '../support/faults/fault.js';

describeFaults(LONG_FAULTS);
