/**
 * Definitions → Schema: the model that everybody else walks.
 */
import t from 'tap';
import type { ObjectType, Type } from '../../../src/qapi/index.js';
import { fixture, must, schemaAt, schemaOf } from '../support.js';

/** Members as `name: type`, `?` for optional ones. */
function members(type: ObjectType | undefined): string[] {
  return must(type).members.map(
    ({ name, optional, type: of }) => `${name}${optional ? '?' : ''}: ${of.name}`,
  );
}

function object(type: Type | undefined): ObjectType {
  if (type?.kind === 'object') return type;
  throw new Error('not an object');
}

void t.test('builtin types are there, with their exact ranges', (t) => {
  const { types } = schemaOf("{ 'command': 'x' }");
  const range = (name: string) => {
    const type = types.get(name);
    return type?.kind === 'builtin' && type.range
      ? [type.range.min, type.range.max, type.range.exact]
      : undefined;
  };
  t.strictSame(range('int'), [-(2n ** 63n), 2n ** 63n - 1n, true]);
  t.strictSame(range('int8'), [-128n, 127n, true]);
  t.strictSame(range('uint8'), [0n, 255n, true]);
  t.strictSame(range('uint64'), [0n, 2n ** 64n - 1n, true]);
  t.strictSame(range('size'), range('uint64'));
  t.equal(range('str'), undefined);
  t.equal(types.get('QType')?.kind, 'enum');
  t.end();
});

void t.test('members of bases come first, and are the same objects', (t) => {
  const { types } = schemaAt(fixture('home.qapi'));
  const device = object(types.get('Device'));
  t.strictSame(members(device), ['label: str', 'kind: DeviceKind']);
  t.strictSame(device.localMembers, []);
  t.equal(device.base, types.get('DeviceBase'));
  t.equal(device.members[0], object(types.get('Thing')).localMembers[0]);
  t.equal(device.variants?.tag, device.members[1]);
  t.strictSame([...must(device.variants).branches.keys()], ['lamp', 'sensor', 'shutter']);
  t.equal(device.variants?.branches.get('sensor')?.type, types.get('Sensor'));
  t.end();
});

void t.test('what is written in place is an implicit object', (t) => {
  const schema = schemaAt(fixture('home.qapi'));
  const sensor = object(schema.types.get('Sensor'));
  t.match(sensor.base, { meta: 'implicit', name: 'q_obj_Sensor-base' });
  t.strictSame(members(sensor), ['probe: Probe']);
  const data = schema.commands.get('set_mode')?.arguments;
  t.equal(data?.meta, 'implicit');
  t.strictSame(members(data), ['mode: Mode', 'rooms?: [str]', 'delay?: uint32']);
  t.notOk([...schema.types.values()].some((type) => type.kind === 'object' && type.meta === 'implicit'));
  const empty = schemaOf("{ 'command': 'x', 'data': {} }\n{ 'event': 'X', 'data': {} }");
  t.equal(empty.commands.get('x')?.arguments, undefined);
  t.equal(empty.events.get('X')?.data, undefined);
  t.end();
});

void t.test('types refer to each other directly', (t) => {
  const { types, commands } = schemaAt(fixture('home.qapi'));
  const setting = object(types.get('Setting'));
  const nested = must(setting.members.find(({ name }) => name === 'nested')).type;
  t.equal(nested.kind === 'array' && nested.element, setting);
  t.equal(commands.get('apply')?.arguments, setting);
  const strings = must(commands.get('set_mode')?.arguments?.members[1]).type;
  const ref = types.get('DeviceRef');
  t.equal(ref?.kind === 'alternate' && ref.alternatives[3]?.type, strings, 'one array of each kind');
  t.end();
});

void t.test('flags', (t) => {
  const { commands, events } = schemaAt(fixture('home.qapi'));
  const flags = (name: string) => {
    const { boxed, checked, successResponse, allowOob, allowPreconfig, coroutine } = must(commands.get(name));
    return { boxed, checked, successResponse, allowOob, allowPreconfig, coroutine };
  };
  const plain = {
    boxed: false,
    checked: true,
    successResponse: true,
    allowOob: false,
    allowPreconfig: false,
    coroutine: false,
  };
  t.strictSame(flags('set_mode'), plain);
  t.strictSame(flags('apply'), { ...plain, boxed: true, allowOob: true, allowPreconfig: true });
  t.strictSame(flags('read-log'), { ...plain, coroutine: true });
  t.strictSame(flags('tune'), { ...plain, checked: false });
  t.strictSame(flags('power-off'), { ...plain, successResponse: false });
  t.strictSame(
    [...events.values()].map(({ boxed }) => boxed),
    [false, true, false],
  );
  t.end();
});

void t.test('conditions and features stay on their elements', (t) => {
  const { types, commands } = schemaAt(fixture('home.qapi'));
  t.match(commands.get('add-device')?.condition, {
    kind: 'all',
    of: [
      { kind: 'symbol', name: 'HAVE_DEVICES' },
      { kind: 'not', of: { kind: 'symbol', name: 'READ_ONLY' } },
    ],
  });
  t.match(types.get('Mode'), {
    values: [
      { name: 'day' },
      { name: 'night' },
      { name: 'party', condition: { name: 'HAVE_LIGHTS' }, features: [{ name: 'unstable' }] },
    ],
  });
  t.match(types.get('Setting'), {
    members: [
      {},
      {
        name: 'level',
        features: [{ name: 'fast', condition: { name: 'HAVE_LIGHTS' }, position: { line: 48 } }],
      },
    ],
  });
  t.match(object(types.get('Device')).variants?.branches.get('shutter')?.condition, {
    name: 'HAVE_SHUTTERS',
  });
  t.match(types.get('DeviceRef'), {
    alternatives: [{}, {}, { name: 'none', condition: { name: 'HAVE_NOTHING' } }, {}],
  });
  t.match(types.get('Colour'), { prefix: 'COL' });
  t.end();
});

void t.test('simple unions are written out', (t) => {
  const { types } = schemaAt(fixture('legacy.qapi'));
  const parcel = object(types.get('Parcel'));
  t.strictSame(members(parcel), ['type: ParcelKind']);
  t.strictSame(parcel.localMembers, parcel.members);
  t.equal(parcel.base, undefined);
  const tag = must(parcel.variants).tag.type;
  t.equal(tag, types.get('ParcelKind'));
  t.strictSame(tag.kind === 'enum' && tag.values.map(({ name }) => name), ['box', 'number', 'sizes', 'more']);
  const branches = [...must(parcel.variants).branches.values()];
  t.strictSame(
    branches.map(({ type }) => [type.meta, ...members(type)]),
    [
      ['implicit', 'data: Box'],
      ['implicit', 'data: int'],
      ['implicit', 'data: [Size]'],
      ['implicit', 'data: Box'],
    ],
  );
  const condition = { kind: 'all', of: [{ kind: 'symbol', name: 'HAVE_MORE' }, { kind: 'not' }] };
  t.match(branches[3]?.condition, condition);
  t.match(
    tag.kind === 'enum' && tag.values[3]?.condition,
    condition,
    'the value has the condition of its branch',
  );
  t.match(parcel.condition, {
    kind: 'all',
    of: [{ name: 'HAVE_PARCELS' }, { kind: 'opaque', text: 'VERSION > 3' }],
  });
  t.end();
});
