import { SETTINGS, type Setting, type SettingName } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads single settings from the environment, collecting a fault for each that is not as the table says. An empty
 * variable counts as unset, because that is what compose files make of a missing one.
 */
export class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  /** The value or its default; null where there is neither. */
  text(name: SettingName): string | null {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? SETTINGS[name].default : value;
  }

  integer(name: SettingName): number {
    const kind: Setting['kind'] = SETTINGS[name].kind;
    const text = this.text(name) ?? '';
    const value = Number(text);
    if (kind.of === 'integer' && (!/^\d{1,9}$/.test(text) || value < kind.min || value > kind.max)) {
      this.faults.push(`${name} must be a whole number from ${kind.min} to ${kind.max}, not ${JSON.stringify(text)}`);
    }
    return value;
  }

  choice<C extends string>(name: SettingName, choices: readonly C[], fallback: C): C {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (found === undefined) {
      this.faults.push(`${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
    }
    return found ?? fallback;
  }
}
