import { SETTINGS, type IntegerSettingName, type SettingName } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads single settings from the environment, collecting a fault for each that is not as the table says. An empty
 * variable counts as unset, because that is what compose files make of a missing one.
 */
export class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  /** The value or its default; null where there is neither. */
  text<N extends SettingName>(name: N): string | (typeof SETTINGS)[N]['default'] {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? SETTINGS[name].default : value;
  }

  integer(name: IntegerSettingName): number {
    const { min, max } = SETTINGS[name].kind;
    const text = this.text(name);
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      this.faults.push(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
    }
    return value;
  }

  /** `setting` is the row of `name` in the table. */
  choice<C extends string>(
    name: SettingName,
    setting: { readonly default: C; readonly kind: { readonly choices: readonly C[] } },
  ): C {
    const { choices } = setting.kind;
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (found === undefined) {
      this.faults.push(`${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
    }
    return found ?? setting.default;
  }
}
