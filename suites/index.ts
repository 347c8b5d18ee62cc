/**
 * The rules, one file per section of what they check. To add a rule, add a value to one of these files.
 */
import type { Suite } from '../src/rules/index.js';
import { accepted } from './arguments/accepted.js';
import { effects } from './arguments/effects.js';
import { enums } from './arguments/enums.js';
import { integers } from './arguments/integers.js';
import { members } from './arguments/members.js';
import { types } from './arguments/types.js';
import { unions } from './arguments/unions.js';
import { valid } from './arguments/valid.js';
import { whole } from './arguments/whole.js';
import { introspection } from './introspection/introspection.js';
import { connections } from './protocol/connections.js';
import { envelope } from './protocol/envelope.js';
import { events } from './protocol/events.js';
import { framing } from './protocol/framing.js';
import { greeting } from './protocol/greeting.js';
import { ids } from './protocol/ids.js';
import { json } from './protocol/json.js';
import { negotiation } from './protocol/negotiation.js';
import { outOfBand } from './protocol/out-of-band.js';
import { recovery } from './protocol/recovery.js';
import { responses } from './protocol/responses.js';
import { agentCommands } from './qga/commands.js';
import { synchronisation } from './qga/synchronisation.js';
import { yankArguments } from './yank/arguments.js';
import { instances } from './yank/instances.js';
import { query } from './yank/query.js';

export const suites: readonly Suite[] = [
  {
    id: 'protocol',
    title: 'The protocol',
    rules: [
      ...greeting,
      ...negotiation,
      ...framing,
      ...json,
      ...recovery,
      ...envelope,
      ...ids,
      ...responses,
      ...outOfBand,
      ...events,
      ...connections,
    ],
  },
  { id: 'introspection', title: 'Introspection', rules: introspection },
  { id: 'yank', title: 'Yank', rules: [...query, ...yankArguments, ...instances] },
  { id: 'qga', title: 'The guest agent', rules: [...synchronisation, ...agentCommands] },
  {
    id: 'arguments',
    title: 'Arguments of every command',
    rules: [
      ...whole,
      ...members,
      ...types,
      ...integers,
      ...enums,
      ...unions,
      ...effects,
      ...accepted,
      ...valid,
    ],
  },
];
