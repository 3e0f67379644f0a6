/** The manifest and the code say the same: commands, settings, views, file types, sentences. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { collectSentences } from '../../scripts/l10n.mjs';
import { imageExtensions, parseIdxName } from '../../src/shared/dataset.ts';
import { modelFileSuffix } from '../../src/shared/model-card.ts';
import { commands, contextKeys, extensionId, panels, settings, views } from '../../src/shared/names.ts';
import { readSettings } from '../../src/extension/core/settings.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly description?: string;
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: boolean;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: boolean;
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly icon?: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly viewsWelcome: readonly { readonly view: string }[];
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly media: { readonly svg: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const { contributes } = manifest;
const ids = Object.values(commands);

/** Regular expressions over one context key in a `when` clause. */
function patterns(menu: string, command: string, key: string): RegExp[] {
  return (contributes.menus[menu] ?? [])
    .filter((item) => item.command === command)
    .flatMap(({ when = '' }) => [...when.matchAll(new RegExp(`${key} =~ /(.+?)/(i?)(?= |$)`, 'g'))])
    .map(([, source = '', flags]) => new RegExp(source, flags));
}

describe('commands', () => {
  it('are the same in code and manifest', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...ids].sort());
    for (const { category } of contributes.commands) assert.equal(category, 'Latent Lens');
  });

  it('that menus name exist; those in title bars and inline have an icon', () => {
    for (const [menu, items] of Object.entries(contributes.menus)) {
      for (const { command, group } of items) {
        const contributed = contributes.commands.find((each) => each.command === command);
        assert.ok(contributed, `${menu}: ${command}`);
        if (/^(navigation|inline)/.test(group ?? '')) assert.ok(contributed.icon, `${command} has no icon`);
      }
    }
  });

  it('that need a model to work on are not in the palette without one', () => {
    const palette = new Map(contributes.menus['commandPalette']?.map(({ command, when }) => [command, when]));
    const onModel = [commands.openModel, commands.renameModel, commands.deleteModel, commands.revealModel];
    for (const command of [...onModel, commands.setActiveModel]) {
      assert.equal(palette.get(command), `activeCustomEditorId == '${panels.modelEditor}'`);
    }
    assert.equal(palette.get(commands.refreshModels), 'false');
    for (const command of [commands.train, commands.check, commands.createSamples, commands.resumeTraining]) {
      assert.equal(palette.has(command), false);
    }
  });
});

describe('menus', () => {
  it('offer the check on every image type, and on nothing else', () => {
    for (const menu of ['explorer/context', 'editor/title', 'editor/title/context']) {
      const found = patterns(menu, commands.check, 'resourceExtname');
      assert.ok(found.length > 0, menu);
      for (const pattern of found) {
        for (const type of imageExtensions) {
          assert.match(`.${type}`, pattern);
          assert.match(`.${type.toUpperCase()}`, pattern);
        }
        for (const type of ['.svg', '.tiff', '.txt', '.pngx', '.safetensors', ''])
          assert.doesNotMatch(type, pattern);
      }
    }
  });

  it('reach the picture inside VS Code’s own image editor', () => {
    const [item, ...more] = contributes.menus['webview/context'] ?? [];
    assert.deepEqual(more, []);
    assert.equal(item?.command, commands.check);
    assert.equal(item.when, "webviewId == 'imagePreview.previewEditor'");
  });

  it('offer training on folders, IDX files and model files', () => {
    const items =
      contributes.menus['explorer/context']?.filter(({ command }) => command === commands.train) ?? [];
    assert.ok(items.some(({ when }) => when === 'explorerResourceIsFolder'));
    const names = patterns('explorer/context', commands.train, 'resourceFilename');
    const offered = (name: string): boolean => names.some((pattern) => pattern.test(name));
    for (const name of [
      'train-images-idx3-ubyte',
      'train-images-idx3-ubyte.gz',
      't10k-labels-idx1-ubyte.gz',
      'train-images.idx3-ubyte',
      'emnist-letters-test-images-idx3-ubyte.gz',
    ]) {
      assert.ok(parseIdxName(name));
      assert.ok(offered(name), name);
    }
    assert.ok(offered(`digits${modelFileSuffix}`));
    for (const name of ['weights.safetensors', 'images.zip', 'photo.png']) assert.equal(offered(name), false);
  });

  it('name only our own views and context keys', () => {
    const known = new Set<string>([
      ...Object.values(contextKeys),
      views.models,
      views.map,
      panels.modelEditor,
      ...ids,
    ]);
    for (const items of Object.values(contributes.menus)) {
      for (const { when = '' } of items) {
        for (const [key] of when.matchAll(/latentLens\.\w+/g)) assert.ok(known.has(key), key);
      }
    }
  });
});

describe('views and editors', () => {
  it('are the same in code and manifest, with icons that exist', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [views.container],
    );
    assert.deepEqual(
      contributes.views[views.container]?.map(({ id }) => id),
      [views.models, views.map],
    );
    assert.deepEqual(
      contributes.viewsWelcome.map(({ view }) => view),
      [views.models],
    );
    const icons = [...contributes.viewsContainers.activitybar, ...(contributes.views[views.container] ?? [])];
    for (const { icon } of icons) assert.ok(existsSync(icon), icon);
    for (const { steps } of contributes.walkthroughs) {
      for (const { media } of steps) assert.ok(existsSync(media.svg), media.svg);
    }
  });

  it('open model files as a card', () => {
    const [editor] = contributes.customEditors;
    assert.equal(editor?.viewType, panels.modelEditor);
    assert.equal(editor.priority, 'default');
    assert.equal(editor.selector[0]?.filenamePattern, `*${modelFileSuffix}`);
  });

  it('are woken by as little as they need', () => {
    assert.deepEqual(manifest.activationEvents, [
      'onStartupFinished',
      `onWebviewPanel:${panels.studio}`,
      `onWebviewPanel:${panels.report}`,
      `onWebviewPanel:${panels.map}`,
    ]);
  });

  it('complete their walkthrough by commands and contexts that exist', () => {
    const events = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap((step) => step.completionEvents),
    );
    for (const event of events) {
      const [kind, name = ''] = event.split(':');
      const known: readonly string[] = kind === 'onCommand' ? ids : Object.values(contextKeys);
      assert.ok(known.includes(name), event);
    }
  });
});

describe('settings', () => {
  const properties = Object.assign({}, ...contributes.configuration.map((each) => each.properties)) as Record<
    string,
    Property
  >;
  const { section, ...keys } = settings;

  it('are the same in code and manifest', () => {
    assert.deepEqual(
      Object.keys(properties).sort(),
      Object.values(keys)
        .map((key) => `${section}.${key}`)
        .sort(),
    );
  });

  it('have the defaults that the code falls back to', () => {
    const byDefault = readSettings((key) => properties[`${section}.${key}`]?.default);
    assert.deepEqual(
      byDefault,
      readSettings(() => undefined),
    );
  });

  it('have limits that the code keeps', () => {
    const names = Object.keys(keys) as (keyof typeof keys)[];
    for (const name of names) {
      const property = properties[`${section}.${keys[name]}`];
      assert.ok(property);
      assert.ok(property.description ?? property.markdownDescription);
      const read = (value: unknown): unknown =>
        readSettings((key) => (key === keys[name] ? value : undefined))[name];
      for (const limit of [property.minimum, property.maximum]) {
        if (limit !== undefined)
          assert.equal(read(limit), name === 'memoryBudget' ? limit * 1024 ** 3 : limit, name);
      }
      if (property.maximum !== undefined) assert.notEqual(read(property.maximum + 1), property.maximum + 1);
      assert.equal(property.enum?.length, property.enumDescriptions?.length);
      for (const value of property.enum ?? []) assert.equal(read(value), value);
    }
  });

  it('that lead to a folder are not taken from untrusted workspaces', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.deepEqual(untrustedWorkspaces, {
      supported: true,
      restrictedConfigurations: [`${section}.${settings.modelsFolder}`],
    });
    assert.equal(virtualWorkspaces, true);
    assert.deepEqual(manifest.extensionKind, ['workspace', 'ui']);
  });
});

describe('sentences', () => {
  it('of the manifest are all there and all used', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    assert.deepEqual([...used].sort(), Object.keys(nls).sort());
  });

  it('of the manifest link only to commands that exist', () => {
    for (const sentence of Object.values(nls)) {
      for (const [, id = ''] of sentence.matchAll(/\(command:([^)]+)\)/g))
        assert.ok((ids as string[]).includes(id), id);
    }
  });

  it('of the host are in the translators’ file', () => {
    const bundle = JSON.parse(readFileSync('l10n/bundle.l10n.json', 'utf8')) as unknown;
    assert.deepEqual(bundle, collectSentences(), 'run `node scripts/l10n.mjs`');
  });
});

describe('the package', () => {
  it('is the extension that the code names, with both entries', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
    assert.equal(manifest.main, './dist/extension.js');
    assert.equal(manifest.browser, './dist/extension.web.js');
  });

  it('has a 128-pixel PNG for its icon', () => {
    const png = readFileSync(manifest.icon);
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
  });
});
