import { isAttributeValue } from '../hmc-language/attribute-list.js';

/** The advice to give a port this label; and where this service cannot, who can. */
export function labelAdvice(advice: string, label: string): string {
  return isAttributeValue(label)
    ? advice
    : `${advice} This service cannot set such a label (a comma, a double quote or a control character is in it): do it on the HMC.`;
}
