import type { ParsedBackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import type { Partition } from '../resources/partition.js';
import type { PartitionProfile, ProfileVnic } from '../resources/partition-profile.js';
import type { Vnic } from '../resources/vnic.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../hmc-language/allowed-lists.js';
import { maximumOf, type BackingDevice } from '../resources/backing-device.js';
import { isOnSamePort } from '../resources/port-address.js';

/** What a profile can say otherwise than what runs; the names are those of a vNIC's members. */
export const PROFILE_PROPERTIES = [
  'autoPriorityFailover',
  'portVlanId',
  'portVlanPriority',
  'allowedVlanIds',
  'macAddress',
  'allowedOsMacAddresses',
  'backingDevices',
] as const;
export type ProfileProperty = (typeof PROFILE_PROPERTIES)[number];

export interface ProfileDifference {
  readonly property: ProfileProperty;
  readonly running: string;
  readonly profile: string;
}

/** The codes are part of the contract. */
export const PROFILE_WARNING_CODES = [
  'missing-in-profile',
  'only-in-profile',
  'differs-from-profile',
  'profile-not-told',
] as const;
export type ProfileWarningCode = (typeof PROFILE_WARNING_CODES)[number];

export interface ProfileWarning {
  readonly code: ProfileWarningCode;
  /** Name of the profile; null when the HMC does not tell which one it would be. */
  readonly profile: string | null;
  /** What is wrong, what it leads to, and what to do about it. */
  readonly detail: string;
}

/** One profile of the partition, and what it has in the slot. */
export interface ProfileView {
  readonly name: string;
  /** The profile that the partition was activated with. */
  readonly current: boolean;
  /** The one that it is activated with when nobody names another. */
  readonly default: boolean;
  /** null when the profile has none in this slot, or what it has is not told. */
  readonly vnic: ProfileVnic | null;
  /** Where it says otherwise than what runs; empty when one of the two has no vNIC here. */
  readonly differences: readonly ProfileDifference[];
}

/** A vNIC as it runs, and as the profiles of its partition have it. */
export interface VnicProfileView {
  readonly partition: { readonly name: string; readonly id: number };
  readonly slot: number;
  /** Whether dynamic changes go into the current profile by themselves (`sync_curr_profile`); null when not told. */
  readonly profileFollowsChanges: boolean | null;
  /** null when nothing is in the slot now. */
  readonly running: Vnic | null;
  readonly profiles: readonly ProfileView[];
  /** Of the current and of the default profile, and of every one that cannot be read. */
  readonly warnings: readonly ProfileWarning[];
}

/**
 * Every slot in which a partition has a vNIC now, or in one of its profiles: what is in each, in the order of slots.
 */
export function vnicProfileViews(
  partition: Partition,
  vnics: readonly Vnic[],
  profiles: readonly PartitionProfile[],
): VnicProfileView[] {
  const ofPartition = ({ partition: { id } }: Vnic | PartitionProfile): boolean => id === partition.id;
  const inProfiles = profiles.filter(ofPartition).flatMap((profile) => profile.vnics ?? []);
  const slots = new Set([...vnics.filter(ofPartition), ...inProfiles].map(({ slot }) => slot));
  return [...slots].sort((a, b) => a - b).map((slot) => vnicProfileView(partition, slot, vnics, profiles));
}

/** Holds a slot of a partition against its profiles. */
export function vnicProfileView(
  partition: Partition,
  slot: number,
  vnics: readonly Vnic[],
  profiles: readonly PartitionProfile[],
): VnicProfileView {
  const running = vnics.find((vnic) => vnic.partition.id === partition.id && vnic.slot === slot) ?? null;
  const follows = profileFollowsChanges(partition);
  const own = profiles.filter((profile) => profile.partition.id === partition.id);
  const views = own.map((profile): ProfileView => {
    const vnic = profile.vnics?.find((one) => one.slot === slot) ?? null;
    return {
      name: profile.name,
      current: profile.name === partition.currentProfile,
      default: profile.name === partition.defaultProfile,
      vnic,
      differences: running === null || vnic === null ? [] : differencesOf(running, vnic),
    };
  });
  const warnings = views.flatMap((view, at) => {
    const listed = own[at]?.vnics ?? null;
    return (view.current || view.default) && listed !== null ? warningsOf(view, running, follows) : [];
  });
  return {
    partition: { name: partition.name, id: partition.id },
    slot,
    profileFollowsChanges: follows,
    running,
    profiles: views,
    warnings: [...profilesNotTold(partition, profiles), ...warnings],
  };
}

/**
 * RECALLED: `curr_profile` of a partition that was activated with its current configuration. It is no profile, and has
 * what runs.
 */
const CURRENT_CONFIGURATION = 'last*valid*configuration';

/** The profiles of a partition of which it is not known what vNICs they have: `profile-not-told`, with why. */
export function profilesNotTold(partition: Partition, profiles: readonly PartitionProfile[]): ProfileWarning[] {
  const own = profiles.filter((profile) => profile.partition.id === partition.id);
  const notTold = (profile: string | null, detail: string): ProfileWarning => ({
    code: 'profile-not-told',
    profile,
    detail: `${detail} What the next activation makes of the vNICs is not known.`,
  });
  const { currentProfile, defaultProfile } = partition;
  const named = [...new Set([currentProfile, defaultProfile])].filter((name) => name !== null);
  const ofListed = own.flatMap(({ name, vnics, unreadable }) => {
    if (unreadable !== null) return [notTold(name, `The vNICs of this profile could not be read. ${unreadable}.`)];
    return vnics === null && named.includes(name)
      ? [notTold(name, 'The HMC does not tell the vNICs of this profile.')]
      : [];
  });
  if (named.length === 0) {
    return [...ofListed, notTold(null, 'The HMC names neither a current nor a default profile of the partition.')];
  }
  const unlisted = named.filter((name) => name !== CURRENT_CONFIGURATION && !own.some((one) => one.name === name));
  return [...ofListed, ...unlisted.map((name) => notTold(name, 'The HMC names this profile and does not list it.'))];
}

/** `sync_curr_profile`: 0 off (LIVE), 1 on; 2 = on, and suspended until the next activation (both RECALLED). */
function profileFollowsChanges({ attributes }: Partition): boolean | null {
  const value = attributes['sync_curr_profile'];
  return value === '1' ? true : value === '0' || value === '2' ? false : null;
}

const SAVE = 'Save the current configuration to the profile on the HMC, or make the change in the profile too.';

function warningsOf(view: ProfileView, running: Vnic | null, follows: boolean | null): ProfileWarning[] {
  const { name, vnic, differences } = view;
  if (running !== null && vnic === null) {
    const why = follows === false ? 'It was made while sync_curr_profile is off: the' : 'The';
    const detail = `${why} profile does not have this vNIC, and at the next activation with the profile it is gone. ${SAVE}`;
    return [{ code: 'missing-in-profile', profile: name, detail }];
  }
  if (running === null && vnic !== null) {
    const detail = 'The profile has a vNIC here that is not there now: at the next activation with it the vNIC comes.';
    return [{ code: 'only-in-profile', profile: name, detail }];
  }
  if (differences.length > 0) {
    const properties = differences.map(({ property }) => property).join(', ');
    const detail = `The profile differs in ${properties}: at the next activation with it the vNIC is made as the profile says. ${SAVE}`;
    return [{ code: 'differs-from-profile', profile: name, detail }];
  }
  return [];
}

type Shown = string | number | boolean | null;

/** What either side does not tell is not compared. */
function differencesOf(running: Vnic, profile: ProfileVnic): ProfileDifference[] {
  const values: readonly [ProfileProperty, Shown, Shown][] = [
    ['autoPriorityFailover', running.autoPriorityFailover, profile.autoPriorityFailover],
    ['portVlanId', running.portVlanId, profile.portVlanId],
    ['portVlanPriority', running.portVlanPriority, profile.portVlanPriority],
    ['allowedVlanIds', allowedText(running.allowedVlanIds), allowedText(profile.allowedVlanIds)],
    ['macAddress', running.macAddress, profile.macAddress],
    ['allowedOsMacAddresses', allowedText(running.allowedOsMacAddresses), allowedText(profile.allowedOsMacAddresses)],
    ['backingDevices', ...deviceTexts(running.backingDevices, profile.backingDevices)],
  ];
  return values.flatMap(([property, left, right]) =>
    left === null || right === null || left === right
      ? []
      : [{ property, running: String(left), profile: String(right) }],
  );
}

/** The same set gives the same text, in whatever order it was printed. */
function allowedText(allowed: AllowedVlanIds | AllowedMacAddresses | null): string | null {
  return allowed === null || typeof allowed === 'string'
    ? allowed
    : allowed
        .map(String)
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .join(',');
}

/**
 * The devices of both sides in one form. They are a set, matched by Virtual I/O Server and port; a capacity or priority
 * that the profile leaves out is left to the HMC, and so is not compared. A maximum that is left out is 100 (LIVE), and
 * so is that of an HMC that prints none (hmc-cli.md §1.2).
 */
function deviceTexts(
  running: readonly BackingDevice[],
  profile: readonly ParsedBackingDeviceInput[],
): [running: string, profile: string] {
  const idOf = (wanted: ParsedBackingDeviceInput): number | null =>
    wanted.virtualIoServer.id ??
    running.find(({ virtualIoServer }) => virtualIoServer.name === wanted.virtualIoServer.name)?.virtualIoServer.id ??
    null;
  const meant = (device: BackingDevice): ParsedBackingDeviceInput | undefined =>
    profile.find((wanted) => idOf(wanted) === device.virtualIoServer.id && isOnSamePort(wanted, device));
  const here = running.map((device) => {
    const wanted = meant(device);
    return textOf(
      String(device.virtualIoServer.id),
      device,
      wanted?.capacity === null ? null : device.desiredCapacity,
      wanted?.failoverPriority === null ? null : device.failoverPriority,
      maximumOf(device),
    );
  });
  const there = profile.map((wanted) => {
    const server = String(idOf(wanted) ?? wanted.virtualIoServer.name ?? '');
    return textOf(server, wanted, wanted.capacity, wanted.failoverPriority, wanted.maxCapacity);
  });
  return [here.sort().join('; '), there.sort().join('; ')];
}

function textOf(
  server: string,
  { adapterId, physicalPortId }: { readonly adapterId: number; readonly physicalPortId: number },
  capacity: number | null,
  priority: number | null,
  maximum: number | null,
): string {
  return [
    `Virtual I/O Server ${server}, adapter ${adapterId} port ${physicalPortId}`,
    ...(capacity === null ? [] : [`capacity ${capacity}`]),
    ...(priority === null ? [] : [`priority ${priority}`]),
    ...(maximum === null || maximum === 100 ? [] : [`maximum ${maximum}`]),
  ].join(', ');
}
