import { normalTarget } from '../../src/http/request-target.js';

describe('The normal form of a target', () => {
  it.each([
    ['/accounts', '/accounts'],
    ['/accounts?a=%41', '/accounts?a=%41'],
    ['/%61ccounts?x=1?y=2', '/accounts?x=1?y=2'],
    ['/%41%5a%61%7A%30%39%2D%2e%5F%7e', '/AZaz09-._~'],
    ['/a%2Fb%20c%25%41', '/a%2Fb%20c%25A'],
    ['/%2541', '/%2541'],
    ['/%zz%4', '/%zz%4'],
    ['http://bank.example:80/%61?b', '/a?b'],
    ['HTTPS://bank.example', '/'],
    ['http://bank.example?q', '/?q'],
    ['http://', 'http://'],
    ['*', '*'],
    ['', ''],
    ['/http://bank.example/x', '/http://bank.example/x'],
  ])('of %s is %s', (target, normal) => {
    expect(normalTarget(target)).toBe(normal);
  });
});
