/**
 * Reads and writes JSON as QMP has it: no integer loses a digit.
 */
import { JsonReader, parseJson, writeJson } from 'qmpspec/json';

const value = parseJson('{"size":18446744073709551615,"ratio":1.0}');
console.log(value.size); // 18446744073709551615n
console.log(writeJson(value)); // {"size":18446744073709551615,"ratio":1.0}

// A stream, cut anywhere.
const reader = new JsonReader();
for (const piece of ['{"event":"ST', 'OP"}\r\n{"event":', '}\r\n']) {
  for (const item of reader.push(Buffer.from(piece))) {
    console.log(item.kind === 'value' ? item.value.event : item.error.message);
  }
}
