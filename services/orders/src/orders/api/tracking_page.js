"use strict";
(function () {
  var live = document.getElementById("live");
  var language = document.documentElement.lang;
  if (!window.EventSource) { setTimeout(function () { location.reload(); }, 30000); return; }
  document.getElementById("alone").hidden = false;
  function follow() {
    var path = location.pathname.replace(/\/$/, "") + "/events?lang=" + language +
      "&seen=" + encodeURIComponent(live.dataset.state);
    var source = new EventSource(path);
    source.addEventListener("state", function (event) {
      var told = JSON.parse(event.data);
      live.dataset.state = event.lastEventId;
      live.innerHTML = told.html;
      live.className = "fresh";
      document.title = told.title;
    });
    source.onerror = function () {
      if (source.readyState === 2) { setTimeout(follow, 30000); }
    };
  }
  follow();
})();
