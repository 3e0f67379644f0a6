// Page objects of a real VS Code window, as a user sees it: by its words, never by internals where words will do.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';

/** Loaded machines need it: everything here waits for content, never for a fixed time. */
const WAIT_MS = 45_000;
const OPEN_MS = 90_000;

/** A window of VS Code in a page of Chromium. */
export class Workbench {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(WAIT_MS);
  }

  /** Loads the window (again) and waits until its parts stand. */
  async open(): Promise<void> {
    await this.page.goto(this.url, { timeout: OPEN_MS });
    await this.ready();
  }

  /** Reloads the window as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.reload({ timeout: OPEN_MS });
    await this.ready();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: OPEN_MS });
    await this.page.locator('.explorer-folders-view, .explorer-viewlet, .part.editor').first().waitFor();
  }

  // Command palette and quick picks

  /** Titles of the palette's entries for a search text, e.g. "Latent Lens: Check for Anomaly". */
  async paletteEntries(search: string): Promise<string[]> {
    await this.openPalette(search);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const entries: string[] = [];
    for (const label of await rows.locator('.label-name').allTextContents()) entries.push(label);
    await this.page.keyboard.press('Escape');
    return entries;
  }

  /** Runs a command by its whole title, e.g. "Latent Lens: Open Studio". Waits until the palette offers it. */
  async command(title: string): Promise<void> {
    // An extension's commands come some seconds after the window: the list is asked again until it has this one.
    const end = Date.now() + WAIT_MS;
    for (;;) {
      await this.openPalette(title);
      const row = this.quickPickRow(title);
      if ((await row.count()) > 0) return await row.click();
      await this.page.keyboard.press('Escape');
      if (Date.now() > end) throw new Error(`The Command Palette has no "${title}".`);
      await this.page.waitForTimeout(300);
    }
  }

  private openPalette(text: string): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    return this.quickInput('F1', `>${text}`, rows.first());
  }

  /** Opens the quick input by a key and types; again where an editor that was still loading took the focus away. */
  private async quickInput(key: string, text: string, row: Locator): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]').first();
    for (const end = Date.now() + WAIT_MS; ;) {
      await this.page.keyboard.press(key);
      try {
        await input.fill(text, { timeout: 5000 });
        await row.waitFor({ timeout: 10_000 });
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  private quickPickRow(label: string): Locator {
    const exact = new RegExp(`^${escapeRegExp(label)}$`);
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exact }) })
      .first();
  }

  /** Chooses the entry of an open quick pick by its label. */
  async pick(label: string): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** Types into the open quick input and accepts it. */
  async enter(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.fill(text);
    await input.press('Enter');
  }

  /**
   * Answers the window's own file dialog: with an absolute path (of a folder: with a slash at its end), or with what the
   * dialog proposes once that ends so.
   */
  async acceptPath(file: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]').first();
    const isGiven = path.isAbsolute(file);
    // The proposal comes late, and over whatever was typed before.
    await until(
      async () => {
        const proposed = await input.inputValue();
        return isGiven ? proposed !== '' : proposed.endsWith(file);
      },
      `the dialog to propose ${isGiven ? 'a path' : file}`,
    );
    await until(async () => {
      if (isGiven) {
        await input.fill(file, { timeout: 3000 }).catch(() => undefined);
        // Enter takes the folder whose entries are listed, whatever is typed.
        if (file.endsWith('/') && !(await this.lists(file))) return false;
      }
      await input.press('Enter', { timeout: 3000 }).catch(() => undefined);
      return input.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
    }, 'the dialog to close');
  }

  /** Whether the file dialog shows this folder, of which it lists the folders within. */
  private async lists(folder: string): Promise<boolean> {
    const within = readdirSync(folder, { withFileTypes: true });
    const expected = within.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const rows = this.page.locator('.quick-input-list .monaco-list-row .label-name');
    const shown = (await rows.allTextContents()).filter((name) => name !== '..');
    return shown.length === 0 ? expected.length === 0 : shown.every((name) => expected.includes(name));
  }

  // Explorer and editors

  /**
   * The explorer's row of a file or folder; folders above it are unfolded on the way, and the list is scrolled to it
   * (only rows in sight exist in the page).
   * @param path from the workspace folder, with slashes
   */
  async explorerRow(path: string): Promise<Locator> {
    const parts = path.split('/');
    for (const depth of parts.slice(0, -1).keys()) {
      const folder = await this.scrollTo(parts[depth] ?? '', depth + 1);
      if ((await folder.getAttribute('aria-expanded')) !== 'true') await folder.click();
    }
    return this.scrollTo(parts.at(-1) ?? path, parts.length);
  }

  /** Scrolls the explorer, from its top to its end and again, until a row shows. */
  private async scrollTo(name: string, level: number): Promise<Locator> {
    const list = this.page.locator('.explorer-folders-view .monaco-list').first();
    const row = list
      .locator(`.monaco-list-row[aria-level="${level}"]`)
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^${escapeRegExp(name)}$`) }) })
      .first();
    // Rows come a moment after their folder was unfolded, and most are in sight without scrolling.
    const seen = await row.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (seen) return row;
    const end = Date.now() + WAIT_MS;
    while (Date.now() < end) {
      await list.focus();
      await this.page.keyboard.press('Home');
      let last = '';
      let unchanged = 0;
      while (unchanged < 5) {
        await this.page.waitForTimeout(60);
        if ((await row.count()) > 0) return row;
        const rows = (await list.locator('.monaco-list-row').allTextContents()).join();
        unchanged = rows === last ? unchanged + 1 : 0;
        last = rows;
        await this.page.keyboard.press('PageDown');
      }
    }
    throw new Error(`The explorer shows no "${name}" at level ${level}.`);
  }

  /** Right-clicks a file or folder in the explorer and chooses an entry of its menu. */
  async explorerMenu(path: string, entry: string): Promise<void> {
    await this.contextMenu(await this.explorerRow(path), entry);
  }

  /**
   * Right-clicks an element and chooses an entry of the menu. A menu that does not have the entry is opened again:
   * an extension's entries come some seconds after the window.
   */
  async contextMenu(target: Locator, entry: string): Promise<void> {
    for (const end = Date.now() + WAIT_MS; ;) {
      await target.click({ button: 'right' });
      const item = this.menuEntry(entry);
      const there = await item.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (there && (await isMeant(target))) return this.chooseEntry(item);
      await this.page.keyboard.press('Escape');
      if (Date.now() > end) throw new Error(`The menu has no "${entry}".`);
    }
  }

  /** Clicks a menu's entry until the menu is gone: a menu ignores the pointer for a moment after it opened. */
  private async chooseEntry(item: Locator): Promise<void> {
    for (const end = Date.now() + WAIT_MS; ;) {
      // A menu that closes under the click has taken it.
      await item.click({ timeout: 3000 }).catch(() => undefined);
      const gone = await item.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (gone) return;
      if (Date.now() > end) throw new Error('The menu stays open.');
    }
  }

  /** The entry of an open menu. */
  menuEntry(label: string): Locator {
    const exact = new RegExp(`^${escapeRegExp(label)}$`);
    return this.page
      .locator('.monaco-menu .action-item')
      .filter({ has: this.page.locator('.action-label', { hasText: exact }) })
      .first();
  }

  /** Opens a file by its path through Quick Open, which also reveals it in the explorer. */
  async openFile(path: string): Promise<void> {
    const name = path.split('/').at(-1) ?? path;
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await this.quickInput('Control+P', path, row);
    await row.click();
    await this.tab(name).waitFor();
  }

  /** The tab of an editor by its title. */
  tab(title: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: title }).first();
  }

  /** A button of the active editor's title bar, by (part of) its tooltip. */
  editorAction(label: string): Locator {
    return this.page
      .locator(`.editor-group-container.active .editor-actions a[aria-label*="${label}"]`)
      .first();
  }

  /** Waits until VS Code's own image preview shows an image. */
  async imagePreview(): Promise<Frame> {
    return this.webview('body.container.image.ready img');
  }

  // What the extension shows

  /**
   * The frame of a webview: the one that has an element for the selector. Webviews nest two frames deep and the inner
   * one's name says nothing, so the selector must be unique to the page that is meant.
   */
  async webview(selector: string, timeout = WAIT_MS): Promise<Frame> {
    const end = Date.now() + timeout;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (!frame.parentFrame()) continue;
        // A frame that is being replaced rejects; the next round sees its successor.
        if (
          await frame
            .locator(selector)
            .count()
            .catch(() => 0)
        )
          return frame;
      }
      if (Date.now() > end) throw new Error(`No webview shows "${selector}".`);
      await this.page.waitForTimeout(100);
    }
  }

  /** The notification (toast) that contains a text. Toasts exist only without the smoke-test driver. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  /**
   * Presses a button of the notification that contains a text: in its toast, or in the list behind the bell, where a
   * toast goes that nobody answered for some seconds.
   */
  async answer(text: string | RegExp, button: string): Promise<void> {
    const shown = this.page
      .locator('.notifications-toasts, .notifications-center.visible')
      .locator('.notification-list-item', { hasText: text })
      .first();
    const bell = this.page.locator('.statusbar-item[id="status.notifications"] a');
    for (const end = Date.now() + WAIT_MS; ;) {
      try {
        await shown.waitFor({ timeout: 10_000 });
        await shown.locator('.monaco-button', { hasText: button }).first().click({ timeout: 5000 });
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await bell.click();
      }
    }
  }

  /** A modal dialog's button. */
  dialogButton(label: string): Locator {
    return this.page.locator('.monaco-dialog-box .monaco-button', { hasText: label }).first();
  }

  /** The item of the status bar that contains a text. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** Opens a view container by its name in the activity bar. */
  async viewContainer(name: string): Promise<void> {
    await this.page.locator(`.activitybar [aria-label^="${name}"]`).first().click();
  }
}

/** Whether a menu is that of the target. A row of a list that moved under the pointer has not taken the focus: another has. */
const isMeant = (target: Locator): Promise<boolean> =>
  target
    .evaluate(
      (element) => !element.classList.contains('monaco-list-row') || element.classList.contains('focused'),
      undefined,
      { timeout: 2000 },
    )
    .catch(() => false);

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`Waited ${WAIT_MS / 1000} s in vain for ${what}.`);
  }
}
