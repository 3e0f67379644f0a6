// @ts-check
// One command, as every extension has.
const vscode = require('vscode');

/** @param {{subscriptions: {dispose(): unknown}[]}} context */
exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('nextToNothing.nothing', () => undefined));
};
