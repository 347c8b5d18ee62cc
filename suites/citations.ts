/**
 * Where requirements stand. The requirement itself is said in our own words, next to its citation.
 */
import type { Rule } from '../src/rules/index.js';

type Citation = Rule['reference'];

function citing(document: string): (section: string, requirement: string) => Citation {
  return (section, requirement) => ({ document, section, requirement });
}

/** The protocol: docs/interop/qmp-spec in QEMU's sources. */
export const spec = citing('QEMU Machine Protocol Specification');
/** The language of schemas and what follows from it on the wire: docs/devel/qapi-code-gen. */
export const codegen = citing('How to use the QAPI code generator');
/** A module of QEMU's schema. */
export const qapi = citing('QAPI schema of QEMU');
/** What the protocol specification refers to for JSON itself. */
export const rfc8259 = citing('RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format');
/** What every release from 5.2 to 11.1 does although no text promises it. */
export const observed = citing('Behaviour of QEMU 5.2 to 11.1');
/** The schema of the guest agent. */
export const qgaSchema = citing('QAPI schema of the QEMU guest agent');
