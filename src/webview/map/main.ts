/** Entry of the map's page: wiring only. */
import type { MapHostApi, MapPageApi } from '../../shared/protocol/map.ts';
import { openHost } from '../shared/host.ts';
import { adoptDocumentStyles } from '../shared/styles.ts';
import './app.ts';
import { MapSession } from './session.ts';

adoptDocumentStyles();
const session = new MapSession();
const host = openHost<MapPageApi, MapHostApi>(session.pageHandlers, session.report);
const map = document.createElement('ll-map');
map.session = session;
document.body.append(map);
session.start(host).catch((error: unknown) => session.report(error, 'start'));
