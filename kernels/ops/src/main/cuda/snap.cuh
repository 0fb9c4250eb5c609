/* What the two halves of the snap share: the steering record of a row, and the candidates that the
 * scan leaves for the choice. */
#ifndef STEERAGE_SNAP_CUH
#define STEERAGE_SNAP_CUH

#include "device.cuh"

/* Rows that need more codes than this are ranked canonically, code by code. */
#define DEEPEST 96

/* Candidates of one row and site that the scan may leave; more, and all codes are ranked. */
#define ENTRIES 1024

/* Added to the counter of a row whose candidates are not complete. */
#define INCOMPLETE 0x10000u

/* Set in the id of a candidate that is banned for its row. */
#define BANNED 0x80000000u

/* Per row and site; zero between two steps. `cut` is `ordered`: no other scan of the row needs to
 * keep what lies below. */
typedef struct {
  unsigned count;
  unsigned cut;
} head_t;

typedef struct {
  float approximate;
  unsigned id;
} entry_t;

/* A site's interventions, as the steering words hold them: five counts, then bans ascending,
 * ablations, code and slot of each write, appends. */
typedef struct {
  const int* bans;
  int bans_count;
  int ablations;
  int writes;
  int appends;
  int disable_top;
} steering_t;

/* The record of a row at a site; `bans` is null where there is none. */
DEVICE steering_t steering_of(const int* steer_at, const int* words, int row, int site) {
  steering_t steering = {nullptr, 0, 0, 0, 0, 0};
  if (!steer_at || steer_at[row] < 0) return steering;
  const int* const record = words + steer_at[row];
  if (record[site] == 0) return steering;
  const int* const own = record + record[site];
  steering.bans = own + 5;
  steering.bans_count = own[0];
  steering.ablations = own[1];
  steering.writes = own[2];
  steering.appends = own[3];
  steering.disable_top = own[4];
  return steering;
}

DEVICE bool is_banned(const steering_t* steering, int code) {
  int low = 0;
  int high = steering->bans_count - 1;
  while (low <= high) {
    const int middle = (low + high) / 2;
    const int found = steering->bans[middle];
    if (found == code) return true;
    if (found < code) {
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return false;
}

#endif
