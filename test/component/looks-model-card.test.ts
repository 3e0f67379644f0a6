import { testLooks } from './looks.ts';

testLooks('model-card');
