/**
 * The parts that strings play in the arguments of commands.
 */

/**
 * What a string is for:
 *
 * - `instance`: names something that exists (a node, device, job, object, QOM path or type, passed descriptor, network
 *   interface, …); gets a name that nothing bears
 * - `new-name`: names what the command makes
 * - `file`: the path of a file, which need not exist
 * - `directory`: the path of a folder
 * - `socket`: the path of a UNIX socket
 * - `host`: a host name or address
 * - `port`: a port, as a string
 * - `address`: host and port in one
 * - `url`: what the drivers of the http and ftp families open
 * - `migration-uri`: where a migration goes or comes from
 * - `word`: anything short and plain, without `/` and `:`
 */
export type StringRole =
  | 'instance'
  | 'new-name'
  | 'file'
  | 'directory'
  | 'socket'
  | 'host'
  | 'port'
  | 'address'
  | 'url'
  | 'migration-uri'
  | 'word';
