import { expect, it } from 'vitest';
import { createFakeWeb } from './fakes.ts';

async function doctorPage(query = '') {
  const { web } = createFakeWeb();
  const room = await web.inject({ url: '/room' });
  const cookie = [room.headers['set-cookie']]
    .flat()
    .map((each) => String(each).split(';')[0])
    .join('; ');
  return web.inject({ url: `/doctor${query}`, headers: { cookie } });
}

it('the check-up says per platform its state in words, who clicks where, and what works without it [B3]', async () => {
  const page = await doctorPage();

  expect(page.statusCode).toBe(200);
  const text = page.body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('拼多多店 拼多多 缺权限 还没读到过 · 对方答 PERMISSION · 最坏 3分 后看到变化');
  expect(text).toContain('这台机器的时钟快了 3分，请校准');
  expect(text).toContain('授权 3天0时 后到期，请提前重新授权 · 正在补老单 42%');
  expect(text).toContain('还没接的');
  expect(text).toContain('请帮忙开通抖店接口： 在哪里：抖店开放平台 谁去点：店铺主账号 1. 建应用，等审核');
  expect(text).toContain('先用导出的订单表');
  expect(text).toContain('对账补上的单 WAIT_SELLER_SEND_GOODS shop:tmall · 3 次');
  expect(page.body.indexOf('拼多多店')).toBeLessThan(page.body.indexOf('天猫店'));
});

it('the check-up is as complete in English, and for people who are logged in only', async () => {
  expect((await doctorPage('?lang=en')).body).toContain('the grant ends in');
  const { web } = createFakeWeb({ world: 'real' });

  expect((await web.inject({ url: '/doctor' })).headers.location).toBe('/login?next=/doctor');
});
