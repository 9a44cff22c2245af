import { z } from 'zod';

const limited = 40_058;
/** What a bot's card lacks, as the code that refuses it (wecom.md §2.11); codes other than 42045 are ours. */
export function checkCard(card: unknown): number {
  const parsed = Card.safeParse(card);
  if (!parsed.success) return parsed.error.issues.some(({ path }) => path[0] === 'card_action') ? 42_045 : limited;
  const body = parsed.data;
  const needsAction = body.card_type === 'text_notice' || body.card_type === 'news_notice';
  if (needsAction && body.card_action === undefined) return 42_045;
  return isWhole(body) ? 0 : limited;
}

const keys = (items: readonly { key: string }[]): boolean => new Set(items.map(({ key }) => key)).size === items.length;
const bytes = (most: number) => z.string().refine((text) => Buffer.byteLength(text) <= most);
const key = bytes(1_024).min(1);
const url = z.string().regex(/^https?:\/\/./);

const Option = z.object({ id: bytes(128).min(1), text: z.string().min(1) });
const Select = z.object({ question_key: key, option_list: z.array(Option).min(1).max(10) });
const Action = z.object({ text: z.string().min(1), key });
const Card = z.object({
  card_type: z.enum(['text_notice', 'news_notice', 'button_interaction', 'vote_interaction', 'multiple_interaction']),
  task_id: bytes(128)
    .regex(/^[0-9A-Za-z_\-@]+$/)
    .optional(),
  source: z.object({ desc: z.string().optional(), desc_color: z.number().int().min(0).max(3).optional() }).optional(),
  main_title: z.object({ title: z.string().optional(), desc: z.string().optional() }).optional(),
  sub_title_text: z.string().optional(),
  quote_area: z.object({ title: z.string().optional(), quote_text: z.string().optional() }).optional(),
  emphasis_content: z.object({ title: z.string().optional(), desc: z.string().optional() }).optional(),
  horizontal_content_list: z
    .array(
      z
        .object({
          keyname: z.string().min(1),
          value: z.string().optional(),
          type: z.union([z.literal(0), z.literal(1), z.literal(3)]).optional(),
          url: url.optional(),
          userid: z.string().optional(),
        })
        .refine(
          ({ type, url: to, userid }) => (type !== 1 || to !== undefined) && (type !== 3 || userid !== undefined),
        ),
    )
    .max(6)
    .optional(),
  jump_list: z
    .array(
      z
        .object({ title: z.string().min(1), type: z.number().int().min(0).max(3).optional(), url: url.optional() })
        .refine(({ type, url: to }) => type !== 1 || to !== undefined),
    )
    .max(3)
    .optional(),
  card_action: z.object({ type: z.union([z.literal(1), z.literal(2)]), url: url.optional() }).optional(),
  action_menu: z.object({ desc: z.string(), action_list: z.array(Action).min(1).max(3).refine(keys) }).optional(),
  button_list: z
    .array(Action.extend({ style: z.number().int().min(1).max(4).optional() }))
    .min(1)
    .max(6)
    .refine(keys)
    .optional(),
  checkbox: z.object({ question_key: key, option_list: z.array(Option).min(1).max(20) }).optional(),
  select_list: z.array(Select).min(1).max(3).optional(),
  submit_button: z.object({ text: z.string().min(1), key }).optional(),
  card_image: z.object({ url }).optional(),
  image_text_area: z.object({ image_url: url }).optional(),
});
type Card = z.output<typeof Card>;

function isWhole(card: Card): boolean {
  const hasTitle = (card.main_title?.title ?? '') !== '';
  if (card.action_menu !== undefined && card.task_id === undefined) return false;
  switch (card.card_type) {
    case 'text_notice':
      return hasTitle || (card.sub_title_text ?? '') !== '';
    case 'news_notice':
      return hasTitle && (card.card_image !== undefined || card.image_text_area !== undefined);
    case 'button_interaction':
      return hasTitle && card.button_list !== undefined && card.task_id !== undefined;
    case 'vote_interaction':
      return hasTitle && card.checkbox !== undefined && card.submit_button !== undefined && card.task_id !== undefined;
    case 'multiple_interaction':
      return hasTitle && card.select_list !== undefined && card.submit_button !== undefined;
  }
}

const recommended: readonly (readonly [string, readonly string[], number])[] = [
  ['source.desc', ['source', 'desc'], 13],
  ['main_title.title', ['main_title', 'title'], 26],
  ['main_title.desc', ['main_title', 'desc'], 30],
  ['emphasis_content.title', ['emphasis_content', 'title'], 10],
  ['emphasis_content.desc', ['emphasis_content', 'desc'], 15],
  ['sub_title_text', ['sub_title_text'], 112],
  ['keyname', ['horizontal_content_list', 'keyname'], 5],
  ['value', ['horizontal_content_list', 'value'], 26],
  ['jump_list.title', ['jump_list', 'title'], 13],
];

/** Fields beyond the lengths that the sheet recommends (wecom.md §2.11): accepted, but cut on a telephone. */
export function overlongFields(card: Record<string, unknown>): readonly string[] {
  return recommended
    .filter(([, path, most]) => textsAt(card, path).some((text) => [...text].length > most))
    .map(([name]) => name);
}

function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => textsAt(each, path));
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === 'string' ? [value] : [];
  return typeof value === 'object' && value !== null ? textsAt((value as Record<string, unknown>)[name], rest) : [];
}
