/** Resolves CloudFormation's intrinsic functions; one that it does not know is an error that names its place. */
import { isRecord } from '../../json.ts';
import type { Template } from './assembly.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export type Identity = { readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

type Scope = {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pseudo: Readonly<Record<string, string>>;
  readonly identify: (logicalId: string) => Identity;
};

export const noValue = Symbol('AWS::NoValue');
type Intrinsic = (argument: unknown, place: string) => unknown;
type Names = ReturnType<typeof namesOf>;

const fail = (place: string, what: string): never => {
  throw new Error(`${place}: ${what}`);
};

const list = (value: unknown, place: string): readonly unknown[] =>
  Array.isArray(value) ? value : fail(place, `a list is expected, not ${JSON.stringify(value)}`);

const text = (value: unknown, place: string): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(place, `a text is expected, not ${JSON.stringify(value)}`);

/** Looks up what a template refers to by name. */
const namesOf = ({ template, parameters, pseudo, identify }: Scope) => ({
  ref: (name: string, place: string): unknown => {
    if (name === 'AWS::NoValue') return noValue;
    if (name.startsWith('AWS::')) return pseudo[name] ?? fail(place, `the pseudo parameter ${name} is not known here`);
    const parameter = template.Parameters[name];
    if (parameter) {
      const value = parameters[name] ?? parameter.Default ?? fail(place, `the parameter ${name} has no value`);
      return parameter.Type === 'CommaDelimitedList' ? String(value).split(',') : String(value);
    }
    if (!template.Resources[name]) fail(place, `Ref to ${name}, which is not in the template`);
    return identify(name).ref;
  },
  attribute: (id: string, name: string, place: string): string => {
    if (!template.Resources[id]) fail(place, `Fn::GetAtt of ${id}, which is not in the template`);
    return identify(id).attributes[name] ?? fail(place, `Fn::GetAtt ${id}.${name} is not known here`);
  },
  condition: (name: string, place: string): unknown => {
    if (!(name in template.Conditions)) fail(place, `the condition ${name} is not in the template`);
    return template.Conditions[name];
  },
  mapping: ([map = '', first = '', second = '']: readonly string[], place: string): unknown =>
    template.Mappings[map]?.[first]?.[second] ?? fail(place, `Fn::FindInMap ${map}.${first}.${second} is not there`),
});

const intrinsicsOf = ({ ref, attribute, condition, mapping }: Names, resolve: Intrinsic) => {
  const resolvedText = (value: unknown, place: string): string => text(resolve(value, place), place);
  const resolvedTexts = (argument: unknown, place: string): readonly string[] =>
    list(argument, place).map((part) => resolvedText(part, place));
  const truth = (value: unknown, place: string): boolean => {
    const resolved = resolve(value, place);
    return typeof resolved === 'boolean'
      ? resolved
      : fail(place, `a condition is expected, not ${JSON.stringify(value)}`);
  };
  const holds = (name: unknown, place: string): boolean =>
    truth(condition(text(name, place), place), `Conditions.${name}`);
  const substitute = (pattern: string, names: unknown, place: string): string =>
    pattern.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (isRecord(names) && name in names) return resolvedText(names[name], place);
      const [id = '', ...attributes] = name.split('.');
      return attributes.length === 0 ? text(ref(name, place), place) : attribute(id, attributes.join('.'), place);
    });

  const intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument, place) => ref(text(argument, place), place),
    Condition: holds,
    'Fn::GetAtt': (argument, place) => {
      const [id = '', ...rest] = typeof argument === 'string' ? argument.split('.') : resolvedTexts(argument, place);
      return attribute(id, rest.join('.'), place);
    },
    'Fn::Join': (argument, place) => {
      const [separator, parts] = list(argument, place);
      return list(resolve(parts, place), place)
        .map((part) => text(part, place))
        .join(text(separator, place));
    },
    'Fn::Sub': (argument, place) => {
      const [pattern, names] = Array.isArray(argument) ? argument : [argument];
      return substitute(text(pattern, place), names, place);
    },
    'Fn::Select': (argument, place) => {
      const [index, parts] = list(argument, place);
      const chosen = list(resolve(parts, place), place)[Number(resolvedText(index, place))];
      return chosen ?? fail(place, `Fn::Select ${String(index)} is out of range`);
    },
    'Fn::Split': (argument, place) => {
      const [separator, whole] = list(argument, place);
      return resolvedText(whole, place).split(text(separator, place));
    },
    'Fn::If': (argument, place) => {
      const [name, yes, no] = list(argument, place);
      return resolve(holds(name, place) ? yes : no, place);
    },
    'Fn::Equals': (argument, place) => {
      const [left, right] = resolvedTexts(argument, place);
      return left === right;
    },
    'Fn::Not': (argument, place) => !truth(list(argument, place)[0], place),
    'Fn::And': (argument, place) => list(argument, place).every((part) => truth(part, place)),
    'Fn::Or': (argument, place) => list(argument, place).some((part) => truth(part, place)),
    'Fn::FindInMap': (argument, place) => mapping(resolvedTexts(argument, place), place),
  };
  return intrinsics;
};

/** Builds the function that resolves any value of a template, with a place for its error messages. */
export const resolver = (scope: Scope): Intrinsic => {
  const resolve: Intrinsic = (value, place) => {
    if (Array.isArray(value))
      return value.map((part, index) => resolve(part, `${place}[${index}]`)).filter((part) => part !== noValue);
    if (!isRecord(value)) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    // A property may itself be called Condition (of a policy statement): then its value is not a name.
    const isIntrinsic =
      key === 'Ref' || key.startsWith('Fn::') || (key === 'Condition' && typeof argument === 'string');
    if (others.length === 0 && isIntrinsic)
      return (intrinsics[key] ?? fail(place, `the intrinsic function ${key} is not known here`))(argument, place);
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, part]) => [name, resolve(part, `${place}.${name}`)] as const)
        .filter(([, part]) => part !== noValue),
    );
  };
  const intrinsics = intrinsicsOf(namesOf(scope), resolve);
  return resolve;
};
