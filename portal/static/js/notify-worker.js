// What many phones need to show a notification: it opens no page and keeps nothing, and a tap on it brings the turn forward.

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    clients
      .matchAll({ type: "window", includeUncontrolled: true })
      .then((pages) => pages.find((page) => new URL(page.url).pathname.startsWith("/t/"))?.focus()),
  );
});
