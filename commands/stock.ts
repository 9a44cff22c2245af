import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  aliases: ['库存'],
  help: { zh: '一款的库存：颜色 × 尺码，按仓库', en: 'Stock of a style: colour × size, by warehouse' },
  examples: ['/库存 绣字卫衣', '绣字卫衣还有货吗', '/stock XZ01'],
  args: { style: arg.style() },
  permission: 'read',
  changes: false,
  run: ({ args, asking, verbs }) => verbs.stock(asking, args.style),
});
