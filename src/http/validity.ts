import {
  getMetadataStorage,
  type ValidationArguments,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { FieldConstraint, FieldViolation } from '../shared/app-error.js';

/** What class-validator keeps of one decorator of one field. */
type FieldMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

interface FieldRules {
  name: string;
  /** Whether the field is looked at at all. */
  gates: ((object: object, value: unknown) => boolean)[];
  /** A rule may rely on those before it. */
  rules: Rule[];
  isNested: boolean;
}

interface Rule {
  /** Name of the constraint, as its decorator gives it. */
  name: string;
  metadata: FieldMetadata;
  constraint: ValidatorConstraintInterface;
}

/** By class. */
const known = new WeakMap<object, FieldRules[]>();

/**
 * The first violation of each field, by the rules that the object's class declares with class-validator. Each rule runs
 * once at most, at a tenth of the cost of class-validator, which collects and sorts the rules on each call.
 * @throws Error for a class with a rule that only class-validator can run
 */
export function violationsOf(object: object, prefix = ''): FieldViolation[] {
  return rulesOf(object.constructor).flatMap((field) => violationsOfField(object, field, prefix));
}

function violationsOfField(object: object, field: FieldRules, prefix: string): FieldViolation[] {
  const { name, gates, rules, isNested } = field;
  const value: unknown = Reflect.get(object, name);
  if (!gates.every((gate) => gate(object, value))) return [];
  const path = prefix === '' ? name : `${prefix}.${name}`;
  for (const rule of rules) {
    const given = argumentsOf(object, value, rule.metadata);
    if (rule.constraint.validate(value, given) === true) continue;
    const message = rule.constraint.defaultMessage?.(given) ?? 'is not valid';
    return [{ path, constraint: rule.name as FieldConstraint, message, invalidValue: value }];
  }
  return isNested ? nestedViolations(value, path) : [];
}

/** The rules of a list have found that its items are objects. */
function nestedViolations(value: unknown, path: string): FieldViolation[] {
  if (Array.isArray(value))
    return value.flatMap((item: object, index) => violationsOf(item, `${path}[${index}]`));
  return typeof value === 'object' && value !== null ? violationsOf(value, path) : [];
}

function argumentsOf(
  object: object,
  value: unknown,
  { propertyName, constraints }: FieldMetadata,
): ValidationArguments {
  return { targetName: object.constructor.name, property: propertyName, object, value, constraints };
}

function rulesOf(shape: object): FieldRules[] {
  const cached = known.get(shape);
  if (cached !== undefined) return cached;
  const storage = getMetadataStorage();
  const fields = storage.groupByPropertyName(
    storage.getTargetValidationMetadatas(shape as () => void, '', false, false),
  );
  const rules = Object.entries(fields).map(([name, metadata]) => compile(name, metadata));
  known.set(shape, rules);
  return rules;
}

function compile(name: string, all: readonly FieldMetadata[]): FieldRules {
  const ofType = (type: string): FieldMetadata[] => all.filter((metadata) => metadata.type === type);
  const custom = ofType(ValidationTypes.CUSTOM_VALIDATION);
  const conditional = ofType(ValidationTypes.CONDITIONAL_VALIDATION);
  const nested = ofType(ValidationTypes.NESTED_VALIDATION);
  const storage = getMetadataStorage();
  const rules = custom.flatMap((metadata) =>
    storage.getTargetValidatorConstraints(metadata.constraintCls).map((declared) => ({ metadata, declared })),
  );
  const isPlain = rules.every(
    ({ metadata, declared }) => !metadata.each && metadata.validateIf === undefined && !declared.async,
  );
  if (!isPlain || custom.length + conditional.length + nested.length < all.length)
    throw new Error(`${name} has a rule that only class-validator can run`);
  return {
    name,
    gates: conditional.map(({ constraints }) => constraints[0] as FieldRules['gates'][number]),
    rules: rules.map(({ metadata, declared }) => ({
      name: declared.name,
      metadata,
      constraint: declared.instance,
    })),
    isNested: nested.length > 0,
  };
}
