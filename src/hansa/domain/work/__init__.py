"""Work: what is done in the background, again and again or once, whoever or whatever dies meanwhile.

Words: a *duty* is done for each tenant that has something due, every so many seconds; a *job* is one
row of a table that somebody must work on once (`models.Job`). The row is the job, not the message: a
broker only carries the news that it waits, so losing all messages loses nothing.

Who does it: the *dispatcher* (`services/dispatch.py`) finds what is due and puts it into a *queue*:
threads of this process when no broker is configured, Celery's workers when one is. Nothing above
knows which. Every duty and job is a Celery task (`registry.py`): ids in, one service call.

Note [Leases]: a job is *offered* (put into a queue), then *started*, each time until a moment that its
row names. Only one starter gets it, so a message that comes twice does nothing the second time; when
the moment passes without an end, because the worker or the message is gone, the job is offered again.
Whatever a job does must therefore be right when it is done twice, or say at its end that it is done
in the same transaction.
"""
