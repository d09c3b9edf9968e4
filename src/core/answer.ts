/**
 * What one part of a system says, or why it says nothing; `command` is the line that was sent, or was to be; several
 * lines where it took several commands.
 */
export type Answer<T> = (
  | { readonly told: true; readonly value: T }
  | {
      readonly told: false;
      /** Why, in a sentence. */
      readonly reason: string;
    }
) & { readonly command: string; readonly hmcId: string | null };
