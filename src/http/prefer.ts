/** The longest time a call waits for its job, in seconds. */
const MAX_WAIT_SECONDS = 60;

/** What we understand of a Prefer header (RFC 7240). */
export interface Preferences {
  /** Seconds to wait for the end of the job, 0 to 60; null when not asked for. */
  readonly waitSeconds: number | null;
}

/**
 * Reads Prefer. A preference that is unknown or cannot be understood is ignored and never an error, and the first of
 * two with one name counts (RFC 7240 §2). A longer wait than we grant is cut to 60.
 */
export function parsePrefer(header: string | undefined): Preferences {
  for (const preference of splitUnquoted(header ?? '', ',')) {
    // What follows a semicolon are parameters of the preference.
    const [nameAndValue = ''] = splitUnquoted(preference, ';');
    const match = /^\s*wait\s*=\s*(?:"(\d{1,9})"|(\d{1,9}))\s*$/i.exec(nameAndValue);
    const seconds = match?.[1] ?? match?.[2];
    if (seconds !== undefined) return { waitSeconds: Math.min(Number(seconds), MAX_WAIT_SECONDS) };
    if (/^\s*wait\s*(=|$)/i.test(nameAndValue)) return { waitSeconds: null };
  }
  return { waitSeconds: null };
}

/** The value of Preference-Applied for a wait that was granted. */
export function preferenceApplied(waitSeconds: number): string {
  return `wait=${waitSeconds}`;
}

/** Splits at a separator that does not stand in a quoted string. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === separator && !quoted) {
      parts.push('');
      continue;
    }
    if (char === '"') quoted = !quoted;
    parts[parts.length - 1] += char;
    if (char === '\\' && quoted) {
      i += 1;
      parts[parts.length - 1] += text.charAt(i);
    }
  }
  return parts;
}
