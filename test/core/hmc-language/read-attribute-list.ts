export interface ReadAssignment {
  readonly name: string;
  readonly operator: string;
  readonly value: readonly string[];
}

/**
 * Reads the argument of `-a` by the rules of hmc-cli.md §3 INPUT, written apart from what writes it: commas part the
 * attributes unless they stand in double quotes, which may be around a pair or around its value.
 */
export function readAttributeList(text: string): ReadAssignment[] {
  const parts: string[] = [''];
  let inQuotes = false;
  for (const char of text) {
    if (char === '"') {
      inQuotes = !inQuotes;
    } else if (char === ',' && !inQuotes) {
      parts.push('');
    } else {
      parts.push((parts.pop() ?? '') + char);
    }
  }
  if (inQuotes) throw new Error(`a quote is left open in ${text}`);
  return parts.map((part) => {
    const [, name, operator, value] = /^(\w+)([+-]?=)(.*)$/s.exec(part) ?? [];
    if (name === undefined || operator === undefined || value === undefined) throw new Error(`no attribute: ${part}`);
    return { name, operator, value: value.split(',') };
  });
}
