/* An M/M/c queue whose arrivals and service times are given: the least that such a loop does.
 *
 * Arrivals are read in order; those in service stand in a binary heap by the time at which
 * they will be done, those who wait in a ring. Called by mm20.py, built with -O3.
 */
#include <stdint.h>
#include <stdlib.h>

typedef struct { int64_t time, who; } done_t;

static int before(done_t a, done_t b) {
  return a.time < b.time || (a.time == b.time && a.who < b.who);
}

static void push(done_t *heap, int64_t n, done_t e) {
  while (n > 0) {
    int64_t parent = (n - 1) / 2;
    if (!before(e, heap[parent])) break;
    heap[n] = heap[parent];
    n = parent;
  }
  heap[n] = e;
}

static void pop(done_t *heap, int64_t n) { /* n: entries that are left */
  done_t e = heap[n];
  int64_t i = 0, child;
  while ((child = 2 * i + 1) < n) {
    if (child + 1 < n && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], e)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = e;
}

/* Fills `began` and `ended`, in ms. */
void mmc(int64_t n, int64_t servers, const int64_t *arrives, const int64_t *work,
         int64_t *began, int64_t *ended) {
  done_t *heap = malloc(servers * sizeof(done_t));
  int64_t *waiting = malloc(n * sizeof(int64_t));
  int64_t busy = 0, head = 0, tail = 0, next = 0;
  while (next < n || busy) {
    if (busy && (next >= n || heap[0].time <= arrives[next])) {
      int64_t now = heap[0].time;
      ended[heap[0].who] = now;
      pop(heap, --busy);
      if (head < tail) {
        int64_t d = waiting[head++];
        began[d] = now;
        push(heap, busy++, (done_t){now + work[d], d});
      }
    } else {
      int64_t d = next++, now = arrives[d];
      if (busy < servers) {
        began[d] = now;
        push(heap, busy++, (done_t){now + work[d], d});
      } else {
        waiting[tail++] = d;
      }
    }
  }
  free(heap);
  free(waiting);
}
