/** Entry of the report's page: wiring only. */
import type { ReportHostApi, ReportPageApi } from '../../shared/protocol/report.ts';
import { openHost } from '../shared/host.ts';
import { adoptDocumentStyles } from '../shared/styles.ts';
import './app.ts';
import { ReportSession } from './session.ts';

adoptDocumentStyles();
const session = new ReportSession();
const host = openHost<ReportPageApi, ReportHostApi>(session.pageHandlers, session.report);
const report = document.createElement('ll-report');
report.session = session;
document.body.append(report);
session.start(host).catch((error: unknown) => session.report(error, 'start'));
