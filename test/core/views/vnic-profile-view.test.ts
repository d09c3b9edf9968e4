import { describe, expect, it } from 'vitest';
import { parsePartitionProfiles } from '../../../src/core/resources/partition-profile.js';
import { parsePartitions, type Partition } from '../../../src/core/resources/partition.js';
import { vnicProfileView, vnicProfileViews, type VnicProfileView } from '../../../src/core/views/vnic-profile-view.js';
import { parseVnics } from '../../../src/core/resources/vnic.js';

const VNICS = parseVnics(
  'lpar_name=lizard,lpar_id=6,slot_num=6,auto_priority_failover=1,port_vlan_id=3455,pvid_priority=0,allowed_vlan_ids=all,' +
    'mac_addr=EAADF2188302,"allowed_os_mac_addrs=EAADF2188304,EAADF2188303",' +
    '"backing_devices=sriov/vios1/1/1/1/2700400b/2.0/2.0/10,sriov/vios2/2/3/1/2700c003/2.0/2.0/20",' +
    '"backing_device_states=sriov/2700400b/1/Operational,sriov/2700c003/0/Operational"\n',
);
const SAME =
  '6:ded:1:3455:0:all:eaadf2188302:eaadf2188303,eaadf2188304:0:sriov/vios2/2/3/1/2.0/20,sriov/vios1//1/1/2.0/10/100.0';

function lizard(changed = ''): Partition {
  const text = `name=lizard,lpar_id=6,lpar_env=aixlinux,state=Running,curr_profile=now,default_profile=now${changed}\n`;
  const [partition] = parsePartitions(text);
  if (partition === undefined) throw new Error('no partition');
  return partition;
}

function view(adapters: string | null, partition = lizard(',sync_curr_profile=0'), slot = 6): VnicProfileView {
  const profiles = [
    adapters === null
      ? 'name=now,lpar_name=lizard,lpar_id=6'
      : `name=now,lpar_name=lizard,lpar_id=6,"vnic_adapters=${adapters.replaceAll('"', '""')}"`,
    'name=old,lpar_name=lizard,lpar_id=6,vnic_adapters=none',
    'name=now,lpar_name=gecko,lpar_id=4,vnic_adapters=6:ded:1:0:0:all::all:0:sriov/vios1//1/1/2.0/10',
  ];
  return vnicProfileView(partition, slot, VNICS, parsePartitionProfiles(`${profiles.join('\n')}\n`));
}

describe('a vNIC and the profiles of its partition', () => {
  it('agree, whatever the order of the devices and however a server is named', () => {
    const all = view(SAME);
    expect(all).toMatchObject({ partition: { name: 'lizard', id: 6 }, slot: 6, profileFollowsChanges: false });
    expect(all.profiles.map(({ name, current, differences }) => [name, current, differences])).toEqual([
      ['now', true, []],
      ['old', false, []],
    ]);
    expect(all.warnings).toEqual([]);
  });

  it('what a profile leaves to the HMC is no difference', () => {
    const open = '6:ded:1:3455:0::::0:sriov/vios1//1/1/,sriov/vios2//3/1/2.0';
    expect(view(open).profiles[0]?.differences).toEqual([]);
  });

  it('missing in the profile: gone at the next activation', () => {
    expect(view('none').warnings).toEqual([
      {
        code: 'missing-in-profile',
        profile: 'now',
        detail: expect.stringMatching(/sync_curr_profile is off: .* it is gone/),
      },
    ]);
    expect(view('none', lizard(',sync_curr_profile=1')).warnings[0]?.detail).not.toContain('is off');
  });

  it.each([
    [SAME.replace(':ded:1:', ':ded:0:'), 'autoPriorityFailover', 'true', 'false'],
    [SAME.replace('3455', '0'), 'portVlanId', '3455', '0'],
    [SAME.replace('3455:0', '3455:3'), 'portVlanPriority', '0', '3'],
    [SAME.replace(':0:all:', ':0:none:'), 'allowedVlanIds', 'all', 'none'],
    [SAME.replace(':0:all:', ':0:40,2:'), 'allowedVlanIds', 'all', '2,40'],
    [SAME.replace('eaadf2188303,eaadf2188304', 'none'), 'allowedOsMacAddresses', 'eaadf2188303,eaadf2188304', 'none'],
    [SAME.replace('eaadf2188302', 'eaadf2188303'), 'macAddress', 'eaadf2188302', 'eaadf2188303'],
    [SAME.replace('2.0/20', '2.0/30'), 'backingDevices', /priority 20$/, /priority 30$/],
    [SAME.replace('2.0/20', '4.0/20'), 'backingDevices', /capacity 2, priority 20$/, /capacity 4, priority 20$/],
    [SAME.replace('10/100.0', '10/50.0'), 'backingDevices', /priority 10; /, /priority 10, maximum 50; /],
    [SAME.replace(',sriov/vios1//1/1/2.0/10/100.0', ''), 'backingDevices', /^Virtual I\/O Server 1.*; /, /^[^;]*$/],
    [SAME.replace('vios1//', 'vios9//'), 'backingDevices', /Virtual I\/O Server 1,/, /Virtual I\/O Server vios9,/],
  ])('%s differs in %s', (adapters, property, running, profile) => {
    const all = view(adapters);
    const matching = (wanted: string | RegExp): unknown =>
      typeof wanted === 'string' ? wanted : expect.stringMatching(wanted);
    expect(all.profiles[0]?.differences).toEqual([
      { property, running: matching(running), profile: matching(profile) },
    ]);
    expect(all.warnings.map(({ code }) => code)).toEqual(['differs-from-profile']);
  });

  it('the maximum capacity counts, and left out of the profile it is 100', () => {
    const limited = VNICS.map((vnic) => ({
      ...vnic,
      backingDevices: vnic.backingDevices.map((device) => ({ ...device, maxCapacity: 100, desiredMaxCapacity: 50 })),
    }));
    const against = (adapters: string): VnicProfileView =>
      vnicProfileView(
        lizard(),
        6,
        limited,
        parsePartitionProfiles(`name=now,lpar_name=lizard,lpar_id=6,"vnic_adapters=${adapters}"\n`),
      );
    expect(against(SAME).profiles[0]?.differences).toMatchObject([
      { property: 'backingDevices', running: expect.stringContaining('maximum 50') },
    ]);
    const alike = SAME.replace('2.0/20', '2.0/20/50.0').replace('10/100.0', '10/50');
    expect(against(alike).profiles[0]?.differences).toEqual([]);
  });

  it('of a partition: every slot that is there now or in a profile, and no other', () => {
    const profile = (name: string, adapters: string): string =>
      `name=${name},lpar_name=lizard,lpar_id=6,"vnic_adapters=${adapters}"`;
    const profiles = parsePartitionProfiles(
      [
        profile('now', '9:ded:1:0:0:all::all:0:sriov/vios1//1/1/2.0/10'),
        profile('old', '2:ded:1:0:0:all::all:0:sriov/vios1//1/1/2.0/10'),
        'name=now,lpar_name=gecko,lpar_id=4,vnic_adapters=7:ded:1:0:0:all::all:0:sriov/vios1//1/1/2.0/10',
        '',
      ].join('\n'),
    );
    const views = vnicProfileViews(lizard(), VNICS, profiles);
    expect(views.map(({ slot, warnings }) => [slot, warnings.map(({ code }) => code)])).toEqual([
      [2, []],
      [6, ['missing-in-profile']],
      [9, ['only-in-profile']],
    ]);
    expect(views[1]).toEqual(vnicProfileView(lizard(), 6, VNICS, profiles));
    expect(vnicProfileViews(lizard(), [], [])).toEqual([]);
  });

  it('a vNIC that only the profile has comes with the next activation', () => {
    const all = view(SAME.replace('6:ded', '7:ded'), lizard(), 7);
    expect(all).toMatchObject({ running: null, profileFollowsChanges: null, warnings: [{ code: 'only-in-profile' }] });
  });

  it('an HMC that does not list the vNICs of profiles leaves it open', () => {
    expect(view(null).warnings.map(({ code }) => code)).toEqual(['profile-not-told']);
  });

  const codes = ({ warnings }: VnicProfileView): unknown => warnings.map(({ code, profile }) => [code, profile]);

  it.each(['unavailable', 'null'])('vnic_adapters=%s is no profile without vNICs', (value) => {
    expect(codes(view(value))).toEqual([['profile-not-told', 'now']]);
  });

  it('a profile that is not listed is not known, and one that nobody names is not either', () => {
    expect(codes(vnicProfileView(lizard(), 6, VNICS, []))).toEqual([['profile-not-told', 'now']]);
    const unnamed = { ...lizard(), currentProfile: null, defaultProfile: null };
    expect(codes(vnicProfileView(unnamed, 6, VNICS, []))).toEqual([['profile-not-told', null]]);
  });

  it('activated with its current configuration, the default profile alone is held against it', () => {
    expect(codes(view('none', { ...lizard(), currentProfile: 'last*valid*configuration' }))).toEqual([
      ['missing-in-profile', 'now'],
    ]);
  });

  it('a profile that cannot be read is told with what was printed, whichever it is', () => {
    const other = { ...lizard(), currentProfile: 'old', defaultProfile: 'old' };
    expect(view('6:rubbish', other).warnings).toEqual([
      { code: 'profile-not-told', profile: 'now', detail: expect.stringContaining('6:rubbish') },
      expect.objectContaining({ code: 'missing-in-profile', profile: 'old' }),
    ]);
  });

  it('the default profile is warned of as well as the current one', () => {
    const warned = view(SAME, lizard().defaultProfile === null ? lizard() : { ...lizard(), defaultProfile: 'old' });
    expect(warned.warnings.map(({ code, profile }) => [code, profile])).toEqual([['missing-in-profile', 'old']]);
  });
});
