import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LensError } from '../../../src/shared/errors.ts';
import { sideBySide } from '../../../src/engine/data/side-by-side.ts';
import { pngHeader } from './image-files.ts';

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Decodes nothing, and counts how many images are held at once. */
function setUp() {
  let held = 0;
  let most = 0;
  const withDecoded = sideBySide(async (_bytes, name) => {
    most = Math.max(most, ++held);
    await tick();
    if (name.startsWith('torn')) {
      held--;
      throw new LensError('truncated', `“${name}” ends early.`);
    }
    return { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  });
  const use = (name: string, side: number): Promise<string> =>
    withDecoded(pngHeader(side, side), name, async () => {
      await tick();
      held--;
      return name;
    });
  return { use, most: () => most };
}

describe('decoding side by side', () => {
  it('holds a few images at once, and fewer of large ones', async () => {
    for (const [side, expected] of [
      [28, 6],
      [4000, 4],
      [8000, 1],
    ] as const) {
      const { use, most } = setUp();
      const names = Array.from({ length: 20 }, (_, i) => `${i}.png`);
      assert.deepEqual(await Promise.all(names.map((name) => use(name, side))), names);
      assert.equal(most(), expected, `${side} pixels a side`);
    }
  });

  it('gives each its own failure, and goes on', async () => {
    const { use } = setUp();
    const settled = await Promise.allSettled(['a', 'torn', 'b'].map((name) => use(name, 28)));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await assert.rejects(use('huge.png', 20_000), { code: 'image-too-large' });
    assert.equal(await use('c', 28), 'c');
  });
});
