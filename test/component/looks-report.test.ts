import { testLooks } from './looks.ts';

testLooks('report');
