import tseslint from 'typescript-eslint';
import lit from 'eslint-plugin-lit';
import wc from 'eslint-plugin-wc';

/** The walls between the rooms: which folders a room may not reach into. */
const wall = (files, groups) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: groups.map(([group, message]) => ({ group, message })) }],
  },
});

const NODE = [
  ['node:*', 'fs', 'path', 'os', 'crypto', 'child_process', 'worker_threads'],
  'Node lives behind src/extension/platform/node.ts.',
];
const VSCODE = [['vscode'], 'Only the extension host knows vscode.'];
const room = (name, why) => [[`**/${name}/**`, `**/src/${name}/**`], why];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '.cache/**', 'node_modules/**', 'src/engine/**/assembly/**'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
    },
  },
  // What the extension host loads as CommonJS has no other way.
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  wall(
    ['src/shared/**'],
    [
      NODE,
      VSCODE,
      room('engine', 'shared imports nothing of the project.'),
      room('extension', 'shared imports nothing of the project.'),
      room('webview', 'shared imports nothing of the project.'),
    ],
  ),
  wall(
    ['src/engine/**'],
    [
      NODE,
      VSCODE,
      room('extension', 'engine imports only shared.'),
      room('webview', 'engine imports only shared.'),
    ],
  ),
  wall(
    ['src/webview/**'],
    [
      NODE,
      VSCODE,
      room('extension', 'webview and extension never import each other.'),
      [
        ['**/engine/**', '!**/engine/client.ts'],
        'The webview sees the engine through engine/client.ts alone.',
      ],
    ],
  ),
  wall(
    ['src/extension/**'],
    [
      NODE,
      room('engine', 'The extension host holds no tensor.'),
      room('webview', 'webview and extension never import each other.'),
    ],
  ),
  { files: ['src/extension/platform/node.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['src/webview/**/*.ts'], ...lit.configs['flat/recommended'] },
  { files: ['src/webview/**/*.ts'], ...wc.configs['flat/recommended'] },
);
