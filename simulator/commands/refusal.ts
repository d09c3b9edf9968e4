/**
 * The words in which an HMC refuses. `code` and text are verbatim where a capture shows them (hmc-cli.md §4 and
 * samples/err-*.txt); every text marked INVENTED is ours: plausible, with a code from the
 * same table, never to be matched.
 */
export class HmcRefusal extends Error {
  constructor(
    message: string,
    readonly exitStatus = 1,
  ) {
    super(message);
    this.name = 'HmcRefusal';
  }
}

/** samples/err-missing-parameter.txt, verbatim. */
export const missingOrInvalid = (...parameters: readonly string[]): HmcRefusal =>
  new HmcRefusal(
    'The command entered is either missing a required parameter or a parameter value is invalid. ' +
      `The parameters that are missing or have an invalid value are ${parameters.join(',')}. ` +
      'Please check your entry and retry the command.',
  );

/** samples/err-invalid-attribute.txt and, for a Polish user, err-invalid-attribute-polish.txt, verbatim. */
export const invalidAttribute = (attribute: string, locale: Locale = 'en'): HmcRefusal =>
  new HmcRefusal(
    locale === 'pl'
      ? `Wprowadzono niepoprawny atrybut.  Niepoprawnym atrybutem jest ${attribute}.  Popraw wprowadzone dane i ponów komendę.`
      : `An invalid attribute was entered.  The invalid attribute is ${attribute}.  Please correct your entry and retry the command.`,
  );

/** hmc-cli.md "Error strings seen", verbatim; the line break is part of it. */
export const invalidFilter = (filter: string): HmcRefusal =>
  new HmcRefusal(
    `An invalid filter value was entered.  The filter pair with the invalid value is "${filter}".\n` +
      'Please correct the filter and retry the command.',
  );

/** samples/err-lpar-not-found.txt, verbatim. */
export const partitionNameNotFound = (name: string): HmcRefusal =>
  new HmcRefusal(`HSCL8012 The partition named ${name} was not found.  Please check your entry and retry the command.`);

/** INVENTED text under the code of the name's refusal: no capture of an unknown id. */
export const partitionIdNotFound = (id: string): HmcRefusal =>
  new HmcRefusal(
    `HSCL8012 The partition with the ID ${id} was not found.  Please check your entry and retry the command.`,
  );

/** RECALLED code (HSCL8018), INVENTED text: hmc-cli.md §4 found none published. */
export const systemNotFound = (name: string): HmcRefusal =>
  new HmcRefusal(`HSCL8018 The managed system ${name} was not found.  Please check your entry and retry the command.`);

/** INVENTED: that the MTMS form is then mandatory is documented (hmc-cli.md §5, lslic), the words are not. */
export const systemNameAmbiguous = (name: string): HmcRefusal =>
  new HmcRefusal(
    `HSCL8018 More than one managed system is named ${name}.  Specify the managed system in the form tttt-mmm*sssssss and retry the command.`,
  );

/** samples/err-misc-verbatim.txt. */
export const systemNotOperating = (): HmcRefusal =>
  new HmcRefusal('HSCL0238 This operation is only allowed when the managed system is in the Operating state.');

/** samples/err-misc-verbatim.txt. */
export const wrongPartitionState = (): HmcRefusal =>
  new HmcRefusal(
    'HSCL05DF The partition is not in a state under which this operation can be performed. Check the state of the partition.',
  );

/** samples/err-misc-verbatim.txt, whose words break off after the name. */
export const partitionNameTaken = (name: string): HmcRefusal =>
  new HmcRefusal(`HSCL05DE A partition in the managed system already uses the name ${name}.`);

/**
 * INVENTED: code and sentence are those of a virtual fibre channel adapter (samples/err-misc-verbatim.txt); what an HMC
 * says of a virtual NIC was not found published.
 */
export const cannotBeHosted = (slot: number, reason: string): string =>
  `HSCLA319 The migrating partition's virtual NIC adapter ${slot} cannot be hosted by the existing Virtual I/O Server (VIOS) partitions on the destination managed system. ${reason}`;

/** samples/err-misc-verbatim.txt. */
export const noAuthority = (): HmcRefusal =>
  new HmcRefusal('HSCL350B The user does not have the appropriate authority');

/** Code and meaning are real (hmc-cli.md "Error strings seen"), the text is INVENTED. */
export const noRmcConnection = (partition: string): HmcRefusal =>
  new HmcRefusal(
    `HSCL2957 There is no RMC connection between the management console and the partition ${partition}. The dynamic operation was not performed.`,
  );

/** RECALLED code, INVENTED text: `viosvrcmd` to a Virtual I/O Server that the HMC does not reach. */
export const virtualIoServerUnreachable = (name: string): HmcRefusal =>
  new HmcRefusal(
    `HSCL2957 There is no RMC connection between the management console and the Virtual I/O Server ${name}. The command was not run.`,
  );

/** HSCL2970 and its first words were seen in published code; what follows them, and the exit status, are INVENTED. */
export const virtualIoServerCommandFailed = (text: string, status: number): HmcRefusal =>
  new HmcRefusal(`HSCL2970 The IOServer command has failed because of the following reason:\n${text}\nrc=${status}`);

/** INVENTED: the text for a word that a command does not know was not found published. */
export const invalidParameter = (word: string): HmcRefusal =>
  new HmcRefusal(
    `An invalid parameter was entered.  The invalid parameter is ${word}.  Please correct your entry and retry the command.`,
  );

/** INVENTED: an attribute that the command knows, with a value that it does not take. */
export const invalidAttributeValue = (attribute: string, value: string): HmcRefusal =>
  new HmcRefusal(
    `An invalid attribute value was entered.  The value ${value} is not valid for the attribute ${attribute}.  Please correct your entry and retry the command.`,
  );

/** HSCL127D is real, and so is its wrapping of a second code (hmc-cli.md §4); texts of vNIC refusals are INVENTED. */
export const logicalPortRefused = (text: string): HmcRefusal => new HmcRefusal(`HSCL127D: ${text}`);

/** samples: "looks verbatim" (hmc-cli.md "Error strings seen"). */
export const notMultipleOfGranularity = (configId: number, capacity: number, granularity: number): HmcRefusal =>
  logicalPortRefused(
    `HSCL1294 The capacity specified for the logical port with configuration ID ${configId} is ${decimal(capacity)}. ` +
      `This is not a multiple of the capacity granularity of the specified protocol of this physical port which is ${decimal(granularity)}.`,
  );

/** Code real, wording paraphrased in its source (samples/hmc-mcp-PARAPHRASED-sriov-errors.txt). */
export const capacityOutOfRange = (capacity: number, lowest: number): HmcRefusal =>
  logicalPortRefused(`HSCL1295 capacity ${decimal(capacity)} is outside the valid range ${decimal(lowest)} to 100.0.`);

/** Code real, wording paraphrased in its source (samples/hmc-mcp-PARAPHRASED-sriov-errors.txt). */
export const portCapacityExceeded = (current: number): HmcRefusal =>
  logicalPortRefused(`HSCL1293 total capacity would exceed 100.0; current capacity is ${decimal(current)}.`);

/** The user's language; an HMC localises its messages (samples/no-results-polish.txt). */
export type Locale = 'en' | 'pl';

/** samples/no-results-polish.txt and sriov-physport-roce-empty-v11r2-p9.txt, verbatim. */
export const noResults = (locale: Locale): string =>
  locale === 'pl' ? 'Nie znaleziono wyników.' : 'No results were found.';

/** A capacity as the HMC prints it: at least one decimal, at most two. */
export function decimal(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}
