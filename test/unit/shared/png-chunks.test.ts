import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { pngChunk, pngFile } from '../../../src/shared/png-chunks.ts';

const rows = Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 0, 70, 80, 90, 100, 110, 120);

describe('a PNG chunk', () => {
  it('carries its length, name and data, and the CRC that zlib counts', () => {
    const data = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256);
    for (const bytes of [data, new Uint8Array()]) {
      const chunk = Buffer.from(pngChunk('tEXt', bytes));
      assert.equal(chunk.readUInt32BE(0), bytes.length);
      assert.equal(chunk.toString('latin1', 4, 8), 'tEXt');
      assert.deepEqual(new Uint8Array(chunk.subarray(8, -4)), bytes);
      assert.equal(chunk.readUInt32BE(chunk.length - 4), crc32(chunk.subarray(4, -4)));
    }
    // The end of every PNG file.
    assert.equal(Buffer.from(pngChunk('IEND', new Uint8Array())).toString('hex'), '0000000049454e44ae426082');
  });
});

describe('a PNG file', () => {
  it('is read by others, in gray and in colour, its chunks in their order', () => {
    const idat = pngChunk('IDAT', deflateSync(rows));
    const colour = decode(pngFile({ width: 2, height: 2 }, 'rgb', [idat]), { checkCrc: true });
    assert.deepEqual([colour.width, colour.height, colour.channels, colour.depth], [2, 2, 3, 8]);
    assert.deepEqual(
      [...colour.data],
      [...rows].filter((_, i) => i % 7 !== 0),
    );
    const text = pngChunk('tEXt', new TextEncoder().encode('Title\0two rows'));
    const gray = decode(pngFile({ width: 6, height: 2 }, 'gray', [text, idat]), { checkCrc: true });
    assert.deepEqual([gray.width, gray.height, gray.channels], [6, 2, 1]);
    assert.deepEqual([...gray.data], [...colour.data]);
    assert.deepEqual({ ...gray.text }, { Title: 'two rows' });
  });
});
