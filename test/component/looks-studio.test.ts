import { testLooks } from './looks.ts';

testLooks('studio');
