import { configuredLogicalPorts, logicalPortsOn, portOf } from '../estate/estate.js';
import type { PhysicalPort, PortSettings } from '../estate/model.js';
import { type AttributeChange, readAttributeList } from '../listing/attribute-list.js';
import { readOptions } from '../shell/options.js';
import { type ChangeCommand, operatingSystem } from './command.js';
import { HmcRefusal, invalidAttribute, invalidAttributeValue, missingOrInvalid } from './refusal.js';

/** Lengths are RECALLED (hmc-cli.md §1.4). */
const LABEL_LENGTH = 16;
const SUB_LABEL_LENGTH = 8;

/**
 * `chhwres -r sriov --rsubtype physport -o s` and `--rsubtype adapter -o a|r` (hmc-cli.md §1.4; the names of the port's
 * attributes are LIVE, that they can be set this way is RECALLED).
 */
export const chhwresSriov: ChangeCommand = (words, context) => {
  const options = readOptions(words, { values: ['-r', '-m', '-o', '--rsubtype', '-a'], flags: ['--force'] });
  const system = operatingSystem(options, context);
  const operation = options.need('-o');
  switch (options.need('--rsubtype')) {
    case 'physport': {
      if (operation !== 's') throw missingOrInvalid('-o');
      const values = readValues(readAttributeList(options.need('-a')));
      const adapterId = takeId(values, 'adapter_id');
      const portId = takeId(values, 'phys_port_id');
      const port = portOf(system, adapterId, portId);
      // INVENTED text.
      if (!port)
        throw new HmcRefusal(`The SR-IOV adapter with ID ${adapterId} has no physical port with ID ${portId}.`);
      if (values.size === 0) throw missingOrInvalid('-a');
      const inUse = logicalPortsOn(system, adapterId, portId).length;
      for (const [name, value] of values) setPortAttribute(port, name, value, inUse);
      return;
    }
    case 'adapter': {
      const values = readValues(readAttributeList(options.need('-a')));
      const slotId = values.get('slot_id');
      const adapter = system.adapters.find((each) => each.slotId === slotId?.toLowerCase());
      if (!adapter) throw missingOrInvalid('slot_id');
      if (operation === 'a') {
        if (adapter.mode === 'sriov')
          throw new HmcRefusal(`The adapter in slot ${adapter.slotId} is already in shared mode.`);
        const asked = values.has('adapter_id') ? takeId(values, 'adapter_id') : undefined;
        const taken = new Set(system.adapters.map((each) => each.id));
        let free = 1;
        while (taken.has(free)) free += 1;
        if (asked !== undefined && (asked < 1 || (taken.has(asked) && adapter.id !== asked))) {
          throw invalidAttributeValue('adapter_id', String(asked));
        }
        adapter.id = asked ?? adapter.id ?? free;
        adapter.mode = 'sriov';
      } else if (operation === 'r') {
        if (adapter.mode === 'dedicated')
          throw new HmcRefusal(`The adapter in slot ${adapter.slotId} is not in shared mode.`);
        if (configuredLogicalPorts(system).some((port) => port.adapterId === adapter.id)) {
          throw new HmcRefusal(`The adapter in slot ${adapter.slotId} has configured logical ports.`);
        }
        adapter.mode = 'dedicated';
        adapter.id = null;
      } else {
        throw missingOrInvalid('-o');
      }
      return;
    }
    case 'logport':
      throw new HmcRefusal('simulator: logical ports without a vNIC cannot be changed here');
    default:
      throw missingOrInvalid('--rsubtype');
  }
};

function readValues(attributes: readonly AttributeChange[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, operator, value } of attributes) {
    if (operator !== '=' || values.has(name)) throw invalidAttribute(name);
    values.set(name, value);
  }
  return values;
}

function takeId(values: Map<string, string>, name: string): number {
  const text = values.get(name);
  if (text === undefined) throw missingOrInvalid(name);
  if (!/^\d{1,5}$/.test(text)) throw invalidAttributeValue(name, text);
  values.delete(name);
  return Number(text);
}

/** Values that each setting takes, as the listings show them; the speeds are INFERRED. */
const SETTINGS: Record<Exclude<keyof PortSettings, 'max_eth_logical_ports'>, RegExp> = {
  config_conn_speed: /^(auto|10|100|1000|10000|25000|40000|100000)$/,
  config_max_recv_packet_size: /^(1500|9000)$/,
  config_recv_flow_control: /^[01]$/,
  config_trans_flow_control: /^[01]$/,
  veb_mode: /^[01]$/,
  vepa_mode: /^[01]$/,
};

/** Names under which a setting is set: without the `config_` of the listing. */
const SETTING_NAMES: Readonly<Record<string, keyof typeof SETTINGS>> = {
  conn_speed: 'config_conn_speed',
  max_recv_packet_size: 'config_max_recv_packet_size',
  recv_flow_control: 'config_recv_flow_control',
  trans_flow_control: 'config_trans_flow_control',
  veb_mode: 'veb_mode',
  vepa_mode: 'vepa_mode',
};

function setPortAttribute(port: PhysicalPort, name: string, value: string, logicalPortsInUse: number): void {
  if (name === 'phys_port_label') {
    if (value.length > LABEL_LENGTH) throw invalidAttributeValue(name, value);
    port.label = value;
  } else if (name === 'phys_port_sub_label') {
    if (value.length > SUB_LABEL_LENGTH) throw invalidAttributeValue(name, value);
    port.subLabel = value;
  } else if (name === 'max_eth_logical_ports') {
    const most = /^\d{1,4}$/.test(value) ? Number(value) : -1;
    if (most < logicalPortsInUse || most > port.maxLogicalPorts) throw invalidAttributeValue(name, value);
    port.settings.max_eth_logical_ports = value;
  } else {
    const setting = SETTING_NAMES[name];
    if (!setting) throw invalidAttribute(name);
    if (!SETTINGS[setting].test(value)) throw invalidAttributeValue(name, value);
    port.settings[setting] = value;
  }
}
