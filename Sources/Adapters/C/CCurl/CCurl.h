#include <curl/curl.h>

// Swift can't call variadic functions: one inline function for each kind of argument.
static inline CURLcode hearth_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hearth_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hearth_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode hearth_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
typedef size_t (*hearth_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode hearth_curl_set_transfer(CURL *handle, CURLoption option, hearth_curl_transfer function) {
    return curl_easy_setopt(handle, option, function);
}
typedef int (*hearth_curl_progress)(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);
static inline CURLcode hearth_curl_set_progress(CURL *handle, CURLoption option, hearth_curl_progress function) {
    return curl_easy_setopt(handle, option, function);
}
static inline CURLcode hearth_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
