/** Entry of the model card's page: wiring only. */
import { toWireError } from '../../shared/errors.ts';
import type { ModelCardHostApi, ModelCardPageApi } from '../../shared/protocol/model-card-page.ts';
import { openHost } from '../shared/host.ts';
import { Store } from '../shared/store.ts';
import { adoptDocumentStyles } from '../shared/styles.ts';
import './app.ts';
import type { CardState } from './app.ts';

adoptDocumentStyles();
const store = new Store<CardState>({ kind: 'reading' });
const host = openHost<ModelCardPageApi, ModelCardHostApi>(
  {
    show: (view) => store.set({ kind: 'shown', view }),
    showError: ({ name, error }) => store.set({ kind: 'failed', name, error }),
  },
  (error) => store.set({ kind: 'failed', name: '', error: toWireError(error) }),
);
const card = document.createElement('ll-model-card');
card.store = store;
card.calls = host.calls;
document.body.append(card);
host.calls
  .call('ready', { pageId: host.pageId })
  .catch((error: unknown) => store.set({ kind: 'failed', name: 'Model', error: toWireError(error) }));
