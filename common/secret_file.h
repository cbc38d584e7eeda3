/* secret_file.h: files that hold one secret, such as a key, as an operator names them: text that nobody but their owner, or a group that
 * may only read, can open. */
#ifndef TD_SECRET_FILE_H
#define TD_SECRET_FILE_H

#define TD_SECRET_FILE_MOST 4096 /* bytes of a secret */

/* Reads what is in the file, less the ends of lines behind it. One of the two is the caller's to free then: *secret, or *fault, the words for
 * why there is none, which name the path and nothing else of it; neither when there is no memory. */
void td_secret_file_read(const char *path, char **secret, char **fault);

#endif
