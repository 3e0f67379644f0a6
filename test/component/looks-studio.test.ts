import { testLooks } from './looks.ts';

testLooks('studio', (name) => !name.startsWith('studio-page-'));
