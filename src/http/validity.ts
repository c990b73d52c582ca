import {
  getMetadataStorage,
  type ValidationArguments,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';

/** What class-validator keeps of one decorator of one field. */
type FieldMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

interface FieldRules {
  name: string;
  /** Whether the field is looked at at all. */
  gates: ((object: object, value: unknown) => boolean)[];
  rules: { metadata: FieldMetadata; constraint: ValidatorConstraintInterface }[];
  isNested: boolean;
}

/** By class; `null`: it declares something that is left to class-validator. */
const known = new WeakMap<object, FieldRules[] | null>();

/**
 * Whether an object is certainly valid by the rules that its class declares with class-validator. It answers for nearly
 * every body at a tenth of the cost of class-validator, which collects and sorts the rules on each call. `false` is not
 * a verdict: class-validator then finds the violations, if any.
 */
export function isSurelyValid(object: object): boolean {
  const fields = rulesOf(object.constructor);
  return fields !== null && fields.every((field) => holds(object, field));
}

function holds(object: object, { name, gates, rules, isNested }: FieldRules): boolean {
  const value: unknown = Reflect.get(object, name);
  if (!gates.every((gate) => gate(object, value))) return true;
  // One after the other: a rule may rely on those before it.
  for (const { metadata, constraint } of rules)
    if (constraint.validate(value, argumentsOf(object, value, metadata)) !== true) return false;
  return !isNested || value === undefined || value === null || isNestedValid(value);
}

function isNestedValid(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => isNestedValid(item));
  return typeof value === 'object' && value !== null && isSurelyValid(value);
}

function argumentsOf(
  object: object,
  value: unknown,
  { propertyName, constraints }: FieldMetadata,
): ValidationArguments {
  return { targetName: object.constructor.name, property: propertyName, object, value, constraints };
}

function rulesOf(shape: object): FieldRules[] | null {
  const cached = known.get(shape);
  if (cached !== undefined) return cached;
  const storage = getMetadataStorage();
  const fields = storage.groupByPropertyName(
    storage.getTargetValidationMetadatas(shape as () => void, '', false, false),
  );
  const compiled = Object.entries(fields).map(([name, metadata]) => compile(name, metadata));
  const rules = compiled.every((field) => field !== null) ? compiled : null;
  known.set(shape, rules);
  return rules;
}

function compile(name: string, all: readonly FieldMetadata[]): FieldRules | null {
  const ofType = (type: string): FieldMetadata[] => all.filter((metadata) => metadata.type === type);
  const custom = ofType(ValidationTypes.CUSTOM_VALIDATION);
  const conditional = ofType(ValidationTypes.CONDITIONAL_VALIDATION);
  const nested = ofType(ValidationTypes.NESTED_VALIDATION);
  if (custom.length + conditional.length + nested.length < all.length) return null;
  const storage = getMetadataStorage();
  const rules = custom.flatMap((metadata) =>
    storage.getTargetValidatorConstraints(metadata.constraintCls).map((declared) => ({ metadata, declared })),
  );
  const isPlain = rules.every(
    ({ metadata, declared }) => !metadata.each && metadata.validateIf === undefined && !declared.async,
  );
  if (!isPlain) return null;
  return {
    name,
    gates: conditional.map(({ constraints }) => constraints[0] as FieldRules['gates'][number]),
    rules: rules.map(({ metadata, declared }) => ({ metadata, constraint: declared.instance })),
    isNested: nested.length > 0,
  };
}
