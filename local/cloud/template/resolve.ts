/** Resolves CloudFormation's intrinsic functions; one that it does not know is an error that names its place. */
import type { Template } from './assembly.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Scope {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pseudo: Readonly<Record<string, string>>;
  readonly identify: (logicalId: string) => Identity;
}

export const NO_VALUE = Symbol('AWS::NoValue');
type Place = string;
type Intrinsic = (argument: unknown, place: Place) => unknown;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fail = (place: Place, what: string): never => {
  throw new Error(`${place}: ${what}`);
};

const list = (value: unknown, place: Place): readonly unknown[] =>
  Array.isArray(value) ? value : fail(place, `a list is expected, not ${JSON.stringify(value)}`);

const text = (value: unknown, place: Place): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(place, `a text is expected, not ${JSON.stringify(value)}`);

/** Builds the function that resolves any value of a template, with a place for its error messages. */
export const resolver = (scope: Scope): ((value: unknown, place: Place) => unknown) => {
  const { template } = scope;

  const ref = (name: string, place: Place): unknown => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name.startsWith('AWS::'))
      return scope.pseudo[name] ?? fail(place, `the pseudo parameter ${name} is not known here`);
    const parameter = template.Parameters[name];
    if (parameter) {
      const value = scope.parameters[name] ?? parameter.Default ?? fail(place, `the parameter ${name} has no value`);
      return parameter.Type === 'CommaDelimitedList' ? String(value).split(',') : String(value);
    }
    if (!template.Resources[name]) fail(place, `Ref to ${name}, which is not in the template`);
    return scope.identify(name).ref;
  };

  const attribute = (id: string, name: string, place: Place): string => {
    if (!template.Resources[id]) fail(place, `Fn::GetAtt of ${id}, which is not in the template`);
    return scope.identify(id).attributes[name] ?? fail(place, `Fn::GetAtt ${id}.${name} is not known here`);
  };

  const condition = (name: string, place: Place): boolean => {
    if (!(name in template.Conditions)) fail(place, `the condition ${name} is not in the template`);
    return truth(template.Conditions[name], `Conditions.${name}`);
  };

  const truth = (value: unknown, place: Place): boolean => {
    const resolved = resolve(value, place);
    return typeof resolved === 'boolean'
      ? resolved
      : fail(place, `a condition is expected, not ${JSON.stringify(value)}`);
  };

  const substitute = (argument: unknown, place: Place): string => {
    const [pattern, own] = Array.isArray(argument)
      ? [text(argument[0], place), argument[1]]
      : [text(argument, place), {}];
    const names = isRecord(own) ? own : {};
    return pattern.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in names) return text(resolve(names[name], place), place);
      const dot = name.indexOf('.');
      return dot < 0 ? text(ref(name, place), place) : attribute(name.slice(0, dot), name.slice(dot + 1), place);
    });
  };

  const intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument, place) => ref(text(argument, place), place),
    Condition: (argument, place) => condition(text(argument, place), place),
    'Fn::GetAtt': (argument, place) => {
      const [id, ...rest] =
        typeof argument === 'string'
          ? argument.split('.')
          : list(argument, place).map((part) => text(resolve(part, place), place));
      return attribute(id ?? '', rest.join('.'), place);
    },
    'Fn::Join': (argument, place) => {
      const [separator, parts] = list(argument, place);
      return list(resolve(parts, place), place)
        .map((part) => text(part, place))
        .join(text(separator, place));
    },
    'Fn::Sub': substitute,
    'Fn::Select': (argument, place) => {
      const [index, parts] = list(argument, place);
      const chosen = list(resolve(parts, place), place)[Number(text(resolve(index, place), place))];
      return chosen ?? fail(place, `Fn::Select ${String(index)} is out of range`);
    },
    'Fn::Split': (argument, place) => {
      const [separator, whole] = list(argument, place);
      return text(resolve(whole, place), place).split(text(separator, place));
    },
    'Fn::If': (argument, place) => {
      const [name, yes, no] = list(argument, place);
      return resolve(condition(text(name, place), place) ? yes : no, place);
    },
    'Fn::Equals': (argument, place) => {
      const [left, right] = list(argument, place).map((side) => text(resolve(side, place), place));
      return left === right;
    },
    'Fn::Not': (argument, place) => !truth(list(argument, place)[0], place),
    'Fn::And': (argument, place) => list(argument, place).every((part) => truth(part, place)),
    'Fn::Or': (argument, place) => list(argument, place).some((part) => truth(part, place)),
    'Fn::FindInMap': (argument, place) => {
      const [map = '', first = '', second = ''] = list(argument, place).map((part) =>
        text(resolve(part, place), place),
      );
      return (
        template.Mappings[map]?.[first]?.[second] ?? fail(place, `Fn::FindInMap ${map}.${first}.${second} is not there`)
      );
    },
  };

  const resolve = (value: unknown, place: Place): unknown => {
    if (Array.isArray(value))
      return value.map((part, index) => resolve(part, `${place}[${index}]`)).filter((part) => part !== NO_VALUE);
    if (!isRecord(value)) return value;
    const [key, ...others] = Object.keys(value);
    if (key !== undefined && others.length === 0 && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'))) {
      const intrinsic = intrinsics[key];
      // A property may itself be called Condition (of a policy statement): then its value is not a name.
      if (key !== 'Condition' || typeof value[key] === 'string') {
        return intrinsic
          ? intrinsic(value[key], place)
          : fail(place, `the intrinsic function ${key} is not known here`);
      }
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, part]) => [name, resolve(part, `${place}.${name}`)] as const)
        .filter(([, part]) => part !== NO_VALUE),
    );
  };

  return resolve;
};
