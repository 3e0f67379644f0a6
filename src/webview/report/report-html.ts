/** The report as one HTML file that needs nothing else: no script, no font, no address. Pure. */
import { encodePng } from '../shared/export/png.ts';
import type { DocumentPicture, ReportDocument } from './report-document.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** In parts: a call takes no hundred thousand arguments. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
.path, .note { opacity: .75; overflow-wrap: anywhere; margin: 0; }
.verdict { border-inline-start: .3rem solid; padding-inline-start: 1rem; margin: 1.2rem 0; }
.verdict p { margin: 0; }
.conclusion { font-size: 1.25rem; font-weight: 600; }
.pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
.nearest { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr)); }
figure { margin: 0; }
img { width: 100%; image-rendering: pixelated; outline: 1px solid #8886; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; font-variant-numeric: tabular-nums; }
dt { opacity: .75; }
dd { margin: 0; overflow-wrap: anywhere; }
`;

const figure = ({ title, note, picture }: DocumentPicture): string =>
  `<figure><img alt="${escaped(title)}" width="${picture.width}" height="${picture.height}" src="data:image/png;base64,${base64(encodePng(picture))}"><figcaption>${escaped(title)}</figcaption>${note === '' ? '' : `<p class="note">${escaped(note)}</p>`}</figure>`;

export function reportHtml(report: ReportDocument): string {
  const { title, path, conclusion, evidence, remarks, pictures, nearest, facts } = report;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}: ${escaped(conclusion)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="path">${escaped(path)}</p>
<div class="verdict">
<p class="conclusion">${escaped(conclusion)}</p>
<p>${escaped(evidence)}</p>
${remarks.map((remark) => `<p>${escaped(remark)}</p>`).join('\n')}
</div>
<div class="pictures">
${pictures.map(figure).join('\n')}
</div>
${nearest.length === 0 ? '' : `<h2>Nearest training images</h2>\n<div class="nearest">\n${nearest.map(figure).join('\n')}\n</div>`}
<h2>Details</h2>
<dl>
${facts.map(({ term, value }) => `<dt>${escaped(term)}</dt><dd>${escaped(value)}</dd>`).join('\n')}
</dl>
</body>
</html>
`;
}
