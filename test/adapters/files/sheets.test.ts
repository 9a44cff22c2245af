import { strToU8, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { createSheetReader } from '../../../src/adapters/files/sheets.ts';
import { at } from '../../kit/builders.ts';

const options = { timezone: 'Asia/Shanghai', now: at('12:00'), mappings: new Map() };
const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
/** A workbook whose one sheet is nothing but blanks, which pack well. */
const blanks = (megabytes: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    zipSync({
      'xl/workbook.xml': strToU8(
        `<workbook xmlns:r="${rels}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      'xl/_rels/workbook.xml.rels': strToU8(
        `<Relationships><Relationship Id="rId1" Type="${rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      'xl/worksheets/sheet1.xml': new Uint8Array(megabytes * 1_048_576).fill(32),
    }),
  );

/** What the archive's directory tells of the sheet's size once it is unpacked (APPNOTE 4.3.12). */
function claiming(zip: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(zip);
  const last = bytes.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  expect(bytes.subarray(last + 46).toString('latin1')).toMatch(/^xl\/worksheets\/sheet1\.xml/);
  bytes.writeUInt32LE(size, last + 24);
  return new Uint8Array(bytes);
}

it.each([600 * 1_048_576, 0])(
  'refuses a small archive whose sheet unpacks to %i bytes by its directory [P16]',
  async (size) => {
    const bomb = claiming(blanks(1), size);
    const before = process.memoryUsage().rss;

    const reading = createSheetReader().read(bomb, options, AbortSignal.timeout(30_000));

    await expect(reading).rejects.toMatchObject({ code: 'SHEET_UNREADABLE', text: { zh: /文件太大.*分几次导出/ } });
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1_048_576);
  },
);

it('refuses a file that it reads at for too long, so that others get their turn [P16]', async () => {
  const reading = createSheetReader(2_000).read(blanks(20), options, AbortSignal.timeout(30_000));

  await expect(reading).rejects.toMatchObject({ code: 'SHEET_UNREADABLE', text: { zh: /文件太大/ } });
});
