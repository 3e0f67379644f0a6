// A pack on its way from the command to the page: a length, a JSON header of that many bytes, the files' bytes.
import type { WireError } from '../../src/shared/errors.ts';
import type { Pack } from '../../src/shared/transport.ts';

type Header = Omit<Pack, 'bytes'>;

/** An answer to a pull: the pack, or why there is none. */
export type PackAnswer = { readonly pack: Pack } | { readonly error: WireError };

const lengthBytes = 4;

/** U32 little-endian length of the header, the header as UTF-8 JSON, the pack's bytes. */
export function encodeAnswer(answer: PackAnswer): Uint8Array {
  const { header, bytes } =
    'pack' in answer ? splitPack(answer.pack) : { header: answer, bytes: new Uint8Array(0) };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const message = new Uint8Array(lengthBytes + json.length + bytes.length);
  new DataView(message.buffer).setUint32(0, json.length, true);
  message.set(json, lengthBytes);
  message.set(bytes, lengthBytes + json.length);
  return message;
}

function splitPack({ bytes, ...header }: Pack): { readonly header: Header; readonly bytes: Uint8Array } {
  return { header, bytes };
}

/**
 * The answer in a message; its bytes are a buffer of their own, fit to be transferred.
 * @throws RangeError if the message ends before its header
 */
export function decodeAnswer(message: ArrayBuffer): PackAnswer {
  const length = new DataView(message).getUint32(0, true);
  const json = new TextDecoder().decode(new Uint8Array(message, lengthBytes, length));
  const header = JSON.parse(json) as Header | { readonly error: WireError };
  if ('error' in header) return header;
  return { pack: { ...header, bytes: new Uint8Array(message.slice(lengthBytes + length)) } };
}
