from django.urls import path

from .views import Deactivate, Invite, InviteAgain, Member, Reactivate, Staff

urlpatterns = [
    path("", Staff.as_view(), name="staff"),
    path("invite/", Invite.as_view(), name="staff_invite"),
    path("<int:pk>/", Member.as_view(), name="staff_member"),
    path("<int:pk>/deactivate/", Deactivate.as_view(), name="staff_deactivate"),
    path("<int:pk>/reactivate/", Reactivate.as_view(), name="staff_reactivate"),
    path("<int:pk>/invite-again/", InviteAgain.as_view(), name="staff_invite_again"),
]
