// The kernels of the projection. They own no memory: every pointer is planned by the caller (kernels.ts).

export { attraction } from './attraction';
export { exactNormaliser, exactRepulsion } from './exact';
export { countCloser, nearest, pairDistances } from './neighbours';
export { descend } from './optimiser';
export { treeRepulsion } from './repulsion';
export { buildTree, treeNodes } from './tree';
