/**
 * Words of an HMC with a full stop behind them where they do not end in one, so that a sentence of ours can follow.
 * HMCs speak the language of their user: any script's full stop counts.
 */
export function asSentence(words: string): string {
  return /[\p{Sentence_Terminal}…]["'”’)\]]*$/u.test(words) ? words : `${words}.`;
}
