/** Entry of the Studio's page: wiring only. */
import type { StudioHostApi, StudioPageApi } from '../../shared/protocol/studio.ts';
import { openHost } from '../shared/host.ts';
import { adoptDocumentStyles } from '../shared/styles.ts';
import './app.ts';
import { engineLink } from './engine-link.ts';
import { StudioSession } from './session.ts';

adoptDocumentStyles();
const session = new StudioSession();
const host = openHost<StudioPageApi, StudioHostApi>(session.pageHandlers, session.host.report);
const engine = engineLink(session.engineHandlers, () => session.bootstrap(), session.host.report);
const studio = document.createElement('ll-studio');
studio.session = session;
document.body.append(studio);
session.start(host, engine).catch((error: unknown) => session.host.report(error, 'start'));
