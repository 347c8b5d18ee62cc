/**
 * What is tested: an endpoint that runs already, or servers that qmpspec starts; and the private folders that they live in.
 */
export { makePrivateFolder, removePrivateFolder } from './private-folder.js';
export { endpointSource, qemuSource, spawnSource, type Target, type TargetSource } from './target.js';
