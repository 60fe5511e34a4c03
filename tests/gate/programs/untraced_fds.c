/* SPDX-License-Identifier: MIT */
/* Descriptors that come and go by calls that nobody intercepts. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "suite.h"

/* By a system call made by hand. */
static int raw_open(const char *path) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
}

static void send_fd(int to, int fd) {
  char byte = 0, control[CMSG_SPACE(sizeof fd)];
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  ck_assert_int_eq(sendmsg(to, &message, 0), 1);
}

static int received_fd(int from) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  int fd = -1;
  ck_assert_int_eq(recvmsg(from, &message, 0), 1);
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

/* A socket that is sent over another one. */
static int sent_over(void) {
  int ends[2], other = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  send_fd(ends[0], other);
  int fd = received_fd(ends[1]);
  close(ends[0]);
  close(ends[1]);
  close(other);
  return fd;
}

START_TEST(test_received) { ck_assert_int_ge(sent_over(), 0); }
END_TEST

START_TEST(test_raw) { ck_assert_int_ge(raw_open("/dev/null"), 0); }
END_TEST

START_TEST(test_raw_one_in_three) {
  static int n;
  int fd = raw_open("/dev/null");
  if (n++ % 3) syscall(SYS_close, fd);
}
END_TEST

/* Each of another name: all together are one leak. */
START_TEST(test_names) {
  char name[] = "/tmp/leakslope-XXXXXX";
  close(mkstemp(name));
  ck_assert_int_ge(raw_open(name), 0);
  unlink(name);
}
END_TEST

START_TEST(test_received_and_closed) { close(sent_over()); }
END_TEST

START_TEST(test_closed_by_hand) {
  int fd = open("/dev/null", O_RDONLY);
  ck_assert(!syscall(SYS_close, fd));
}
END_TEST

START_TEST(test_closed_together) {
  int first = dup(1), last = dup(1);
  ck_assert_int_gt(last, first);
  ck_assert(!close_range((unsigned)first, (unsigned)last, 0));
  first = fcntl(1, F_DUPFD, 300);
  ck_assert_int_ge(first, 300);
  closefrom(300);
  ck_assert_int_lt(fcntl(first, F_GETFD), 0);
}
END_TEST

static int before[8];

static void open_before(void) {
  for (int i = 0; i < 8; i++) before[i] = raw_open("/dev/null");
}

/* What was open before is closed and opened anew. */
START_TEST(test_before) {
  static int n;
  int *fd = &before[n++ % 8];
  close(*fd);
  *fd = raw_open("/dev/null");
  ck_assert_int_ge(*fd, 0);
}
END_TEST

START_TEST(test_sixteen) {
  static int kept[16];
  static unsigned n;
  int *slot = &kept[n++ % 16];
  if (*slot) syscall(SYS_close, *slot);
  *slot = raw_open("/dev/null");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Untraced");
  add_test(suite, "received", test_received);
  add_test(suite, "raw", test_raw);
  add_test(suite, "raw_one_in_three", test_raw_one_in_three);
  add_test(suite, "names", test_names);
  add_test(suite, "received_and_closed", test_received_and_closed);
  add_test(suite, "closed_by_hand", test_closed_by_hand);
  add_test(suite, "closed_together", test_closed_together);
  TCase *tcase = add_case(suite, "before");
  tcase_add_unchecked_fixture(tcase, open_before, NULL);
  tcase_add_test(tcase, test_before);
  add_test(suite, "sixteen", test_sixteen);
  return run_suite(suite);
}
